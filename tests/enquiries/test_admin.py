"""The officers' pages about enquiries and mail."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enquiries.mail import post
from enquiries.models import Attachment, Enquiry, OutgoingMail
from tests.applying import Applicant
from tests.factories import EnquiryFactory, MailFactory, UserFactory

pytestmark = pytest.mark.django_db

QUEUE = "/admin/enquiries/enquiry/"


def page(browser, enquiry):
    return browser.get(enquiry.get_absolute_url()).content.decode()


def test_one_page_tells_the_whole_story_with_the_proof_of_both_mails(officer, browser_of, open_programme, maildir):
    enquiry = Applicant(message={"message": "Please call after noon."}).apply("open")
    post.send_due()

    shown = page(browser_of(officer), enquiry)

    for text in (
        enquiry.reference,
        "Example care home",
        "Example Applicant",
        "applicant@example.org",
        "Please call after noon.",
        "Open programme",
        "businessforum@lbbd.gov.uk",
        "Kept on this machine",
        "care sector support: Open programme",
        "Received",
    ):
        assert text in shown
    assert shown.count(">Sent<") + shown.count("Sent\n") >= 2


def test_a_mail_can_be_read_in_the_browser_in_embedded_mode_only(
    officer, browser_of, open_programme, maildir, settings
):
    Applicant().apply("open")
    post.send_due()
    mail = OutgoingMail.objects.get(kind="routing")
    url = reverse("admin:enquiries_outgoingmail_change", args=[mail.pk])
    browser = browser_of(officer)

    assert "A care provider has applied online." in browser.get(url).content.decode()
    settings.EMBEDDED = False
    assert "A care provider has applied online." not in browser.get(url).content.decode()


def test_no_officer_reads_a_sign_in_code(officer, browser_of):
    mail = MailFactory(sign_in=True, subject="Your code")
    browser = browser_of(officer)

    assert browser.get(reverse("admin:enquiries_outgoingmail_change", args=[mail.pk])).status_code == 404
    assert "Your code" not in browser.get(reverse("admin:enquiries_outgoingmail_changelist")).content.decode()


# --- Steps ----------------------------------------------------------------------------------------------------


def step(browser, enquiry, name, method="post"):
    return getattr(browser, method)(f"{QUEUE}{enquiry.pk}/do/{name}/", follow=True)


def test_an_officer_takes_an_enquiry_and_moves_it_on_step_by_step(officer, browser_of):
    enquiry, browser = EnquiryFactory(), browser_of(officer)

    for name, state in (
        ("take", "in_triage"),
        ("wait", "waiting"),
        ("resume", "in_triage"),
        ("with-partner", "with_partner"),
        ("close", "closed"),
        ("reopen", "in_triage"),
    ):
        step(browser, enquiry, name)
        enquiry.refresh_from_db()
        assert enquiry.state == state

    assert enquiry.owner == officer
    kinds = ["received", "taken", "waiting", "resumed", "with_partner", "closed", "reopened"]
    assert [event.kind for event in enquiry.events.all()] == kinds
    assert {event.by for event in enquiry.events.exclude(kind="received")} == {officer}


@pytest.mark.parametrize("name", ["wait", "with-partner", "resume", "close", "reopen"])
def test_a_step_that_the_state_does_not_allow_is_refused_with_the_reason(officer, browser_of, name):
    """AD16."""
    enquiry = EnquiryFactory()

    response = step(browser_of(officer), enquiry, name)

    enquiry.refresh_from_db()
    assert enquiry.state == "new"
    assert "cannot be" in response.content.decode()
    assert enquiry.events.count() == 1


def test_of_two_who_take_the_same_enquiry_the_second_is_told(officer, browser_of):
    """CO2."""
    enquiry, colleague = EnquiryFactory(), UserFactory(officer=True, name="A colleague")
    step(browser_of(colleague), enquiry, "take")

    response = step(browser_of(officer), enquiry, "take")

    enquiry.refresh_from_db()
    assert enquiry.owner == colleague
    assert "A colleague has taken" in response.content.decode()


def test_the_way_to_each_part_of_the_page_leads_there_and_what_is_next_comes_before_all(officer, browser_of):
    changed = {"cqc_location_id": "1-100", "register_changes": "sold", "register_changed_at": timezone.now()}
    enquiry = EnquiryFactory(in_triage=True, owner=officer, answered_at=timezone.now(), **changed)
    Attachment.objects.create(enquiry=enquiry, kind="pdf", name="rota.pdf", size=1)

    page = browser_of(officer).get(enquiry.get_absolute_url()).content.decode()

    ways = re.findall(r'href="#([a-z]+)"', page.split("<main")[1])
    assert {"contact", "cqc", "correspondence", "documents", "mail", "history"} <= set(ways)
    assert [way for way in ways if f'id="{way}"' not in page] == []
    assert page.index("The provider has answered.") < page.index("I have dealt with the answer")
    assert page.index("I have dealt with the answer") < page.index("The service has changed in the CQC")


def test_a_colleagues_enquiry_is_taken_over_knowingly(officer, browser_of):
    enquiry, browser = EnquiryFactory(in_triage=True), browser_of(officer)
    assert "Take it over" in page(browser, enquiry)

    step(browser, enquiry, "take-over")

    enquiry.refresh_from_db()
    assert enquiry.owner == officer
    assert "is yours already" in step(browser, enquiry, "take-over").content.decode()


def test_an_unknown_step_is_not_there(officer, browser_of):
    assert step(browser_of(officer), EnquiryFactory(), "explode").status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_steps_are_taken_by_post_alone(officer, browser_of, method):
    """AZ17."""
    enquiry = EnquiryFactory()

    assert step(browser_of(officer), enquiry, "take", method).status_code == 405
    enquiry.refresh_from_db()
    assert enquiry.state == "new"


@pytest.mark.parametrize("trait", ["failed", "uncertain"])
@pytest.mark.parametrize(("name", "state"), [("resend", "queued"), ("received", "sent"), ("cancel", "cancelled")])
def test_a_mail_in_trouble_can_be_sent_again_marked_or_cancelled(officer, browser_of, trait, name, state):
    mail = MailFactory(**{trait: True})

    browser_of(officer).post(f"/admin/enquiries/outgoingmail/{mail.pk}/do/{name}/")

    mail.refresh_from_db()
    assert mail.state == state
    event = mail.enquiry.events.last()
    assert (event.by, event.detail) == (officer, {"mail": mail.pk})


@pytest.mark.parametrize("name", ["resend", "received", "cancel"])
def test_a_mail_that_was_sent_stays_sent(officer, browser_of, name):
    mail = MailFactory(sent=True)

    browser_of(officer).post(f"/admin/enquiries/outgoingmail/{mail.pk}/do/{name}/")

    mail.refresh_from_db()
    assert mail.state == "sent"
    assert mail.enquiry.events.count() == 1


# --- Who may --------------------------------------------------------------------------------------------------


def addresses(enquiry, mail):
    return [
        ("get", QUEUE),
        ("get", enquiry.get_absolute_url()),
        ("post", f"{QUEUE}{enquiry.pk}/do/take/"),
        ("get", "/admin/enquiries/outgoingmail/"),
        ("get", f"/admin/enquiries/outgoingmail/{mail.pk}/change/"),
        ("post", f"/admin/enquiries/outgoingmail/{mail.pk}/do/resend/"),
        ("post", f"/admin/enquiries/outgoingmail/{mail.pk}/another-address/"),
        ("get", "/admin/enquiries/wording/"),
        ("get", "/admin/enquiries/routingrule/"),
    ]


def test_nobody_else_sees_or_changes_anything(browser_of):
    mail = MailFactory(failed=True)
    stranger, outsider = Client(), browser_of(UserFactory())

    for method, url in addresses(mail.enquiry, mail):
        signed_out = getattr(stranger, method)(url)
        assert signed_out.status_code == 302, url
        assert signed_out["Location"].startswith("/account/"), url
        assert getattr(outsider, method)(url).status_code == 403, url

    mail.refresh_from_db()
    assert (mail.state, Enquiry.objects.get().state) == ("failed", "new")


def test_an_officer_who_may_only_look_changes_nothing(viewer, browser_of):
    """AD7."""
    mail, browser = MailFactory(failed=True), browser_of(viewer)

    for method, url in addresses(mail.enquiry, mail):
        assert getattr(browser, method)(url).status_code == (200 if method == "get" else 403), url

    mail.refresh_from_db()
    assert (mail.state, Enquiry.objects.get().state) == ("failed", "new")
    assert "/do/" not in page(browser, mail.enquiry)


def test_an_enquiry_cannot_be_typed_over_or_deleted(officer, browser_of):
    """AD10, DI6."""
    enquiry, browser = EnquiryFactory(organisation="As it was sent"), browser_of(UserFactory(administrator=True))

    browser.post(enquiry.get_absolute_url(), {"organisation": "Changed", "state": "closed"})

    assert browser.post(f"{QUEUE}{enquiry.pk}/delete/", {"post": "yes"}).status_code == 403
    enquiry.refresh_from_db()
    assert (enquiry.organisation, enquiry.state) == ("As it was sent", "new")


def test_pages_about_people_are_never_stored(officer, browser_of):
    """HC6."""
    browser = browser_of(officer)
    for url in (QUEUE, EnquiryFactory().get_absolute_url()):
        assert "no-store" in browser.get(url)["Cache-Control"]


@pytest.mark.parametrize("pk", ["999999", "abc", "1e9", "-1"])
def test_an_enquiry_that_is_not_there_is_an_answer_not_an_error(officer, browser_of, pk):
    """FI22."""
    assert browser_of(officer).get(f"{QUEUE}{pk}/change/").status_code in {302, 404}


def test_an_inbox_outside_the_councils_domains_is_refused(browser_of, open_programme):
    browser = browser_of(UserFactory(lead=True))

    response = browser.post(
        "/admin/enquiries/routingrule/add/",
        {"programme": open_programme.pk, "theme": "", "inbox": "x@elsewhere.example"},
    )

    assert "must be one of the council" in response.content.decode()
    assert not open_programme.__class__.objects.filter(routing_rule__isnull=False).exists()
