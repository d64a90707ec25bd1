"""What officers see of mail that did not plainly arrive, and what they can do about it."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careportal import facts, verdicts
from enquiries import services
from enquiries.models import Enquiry, Event, OutgoingMail
from tests.factories import EnquiryFactory, MailFactory, UserFactory

pytestmark = pytest.mark.django_db

MAILS = "/admin/enquiries/outgoingmail/"


def ago(**period):
    return timezone.now() - dt.timedelta(**period)


def notice(**given):
    return MailFactory(kind="notice", enquiry=None, recipient="officer@example.org", **given)


def shown(browser, **query):
    return [mail for mail, *_ in browser.get(MAILS, query).context["rows"]]


def text_of(answer):
    return " ".join(answer.content.decode().split())


# --- The list


def test_the_list_shows_what_needs_somebody_the_oldest_first_and_nothing_else(officer, browser_of):
    failed, uncertain = MailFactory(failed=True), MailFactory(uncertain=True)
    delayed = MailFactory(queued_at=ago(hours=1))
    held = notice(failed=True)
    for settled in ({"sent": True}, {"state": "cancelled"}, {}):
        MailFactory(**settled)
    MailFactory(sign_in=True, state="failed")

    assert shown(browser_of(officer)) == [failed, uncertain, delayed, held]


def test_a_row_says_all_that_an_officer_must_know(officer, browser_of):
    mail = MailFactory(queued_at=ago(hours=3), attempts_made=4, last_answer="451 Greylisted")
    OutgoingMail.objects.update(next_attempt_at=timezone.now() + dt.timedelta(minutes=12))

    page = text_of(browser_of(officer).get(MAILS))

    for part in (
        "1 mail that needs somebody",
        f'href="{mail.enquiry.get_absolute_url()}">{mail.enquiry.reference}</a>',
        "To the inbox",
        mail.recipient,
        "Delayed",
        "451 Greylisted",
        "3 hours ago",
        "Next try on",
    ):
        assert part in page, part


@pytest.mark.parametrize(
    ("asked", "states"),
    [
        ("delayed", {"queued"}),
        ("uncertain", {"uncertain"}),
        ("failed", {"failed"}),
        ("on-its-way", {"queued", "sending"}),
        ("sent", {"sent"}),
        ("cancelled", {"cancelled"}),
        ("all", {"queued", "sending", "sent", "uncertain", "failed", "cancelled"}),
        ("nonsense", {"queued", "uncertain", "failed"}),
    ],
)
def test_other_mail_is_shown_when_it_is_asked_for(officer, browser_of, asked, states):
    claim = {"claim": "4bd7ba0e-4d7c-4b54-8f27-7d0a4d5b3d7e", "lease_until": timezone.now()}
    MailFactory(queued_at=ago(hours=1))
    for given in ({"failed": True}, {"uncertain": True}, {"sent": True}, {"state": "cancelled"}):
        MailFactory(**given)
    MailFactory(state="sending", **claim)

    assert {mail.state for mail in shown(browser_of(officer), state=asked)} == states


def test_the_list_is_narrowed_by_kind(officer, browser_of):
    routing, acknowledgement = MailFactory(failed=True), MailFactory(failed=True, acknowledgement=True)
    browser = browser_of(officer)

    assert shown(browser, kind="acknowledgement") == [acknowledgement]
    assert shown(browser, kind=["acknowledgement", "routing"]) == [routing, acknowledgement]
    assert shown(browser, kind="account") == [routing, acknowledgement], "sign-in mail is no kind that can be asked for"


def test_an_empty_list_says_why(officer, browser_of):
    MailFactory()
    browser = browser_of(officer)

    assert "All mail has arrived or is on its way." in text_of(browser.get(MAILS))
    assert "No mail fits what you chose." in text_of(browser.get(MAILS, {"state": "failed"}))


def test_the_list_takes_no_more_queries_for_fifty_rows_than_for_one(officer, browser_of):
    browser = browser_of(officer)

    def queries():
        with CaptureQueriesContext(connection) as made:
            assert browser.get(MAILS).status_code == 200
        return len(made)

    MailFactory(failed=True)
    one = queries()
    for _ in range(49):
        MailFactory(failed=True)

    assert queries() == one <= 8


def test_a_long_list_has_pages_that_keep_the_filter(officer, browser_of):
    for _ in range(51):
        MailFactory(failed=True)
    browser = browser_of(officer)

    assert len(shown(browser, state="failed", page=2)) == 1
    assert "state=failed&amp;page=2" in browser.get(MAILS, {"state": "failed"}).content.decode()


# --- Steps from the list


def test_a_step_leads_back_to_the_list_that_it_was_taken_from(officer, browser_of):
    mail, browser = MailFactory(failed=True), browser_of(officer)
    assert f'name="back" value="{MAILS}?state=failed"' in browser.get(f"{MAILS}?state=failed").content.decode()

    answer = browser.post(f"{MAILS}{mail.pk}/do/resend/", {"back": f"{MAILS}?state=failed"})

    assert answer.url == f"{MAILS}?state=failed"
    mail.refresh_from_db()
    assert mail.state == "queued"


@pytest.mark.parametrize("forged", ["https://evil.example/", "//evil.example", f"//evil.example{MAILS}", "/account/"])
def test_a_step_leads_nowhere_else(officer, browser_of, forged):
    """FI19."""
    mail = MailFactory(failed=True)

    answer = browser_of(officer).post(f"{MAILS}{mail.pk}/do/resend/", {"back": forged})

    assert answer.url == mail.enquiry.get_absolute_url()


def test_a_notice_to_the_team_can_be_sent_again_but_goes_to_nobody_else(officer, browser_of):
    mail, browser = notice(failed=True), browser_of(officer)

    assert "Send to another address" not in text_of(browser.get(MAILS))
    assert browser.get(f"{MAILS}{mail.pk}/another-address/").status_code == 404
    assert browser.post(f"{MAILS}{mail.pk}/do/resend/").url == MAILS
    mail.refresh_from_db()
    assert mail.state == "queued"


# --- To another address


def elsewhere(browser, mail, address):
    return browser.post(f"{MAILS}{mail.pk}/another-address/", {"address": address})


@pytest.mark.parametrize("trait", ["failed", "uncertain"])
def test_a_mail_is_sent_to_another_address_instead(officer, browser_of, trait):
    mail, browser = MailFactory(**{trait: True}), browser_of(officer)
    assert "lbbd.gov.uk" in text_of(browser.get(f"{MAILS}{mail.pk}/another-address/"))

    answer = elsewhere(browser, mail, "training@lbbd.gov.uk")

    assert answer.url == mail.enquiry.get_absolute_url()
    mail.refresh_from_db()
    new = OutgoingMail.objects.exclude(pk=mail.pk).get()
    assert (mail.state, new.state) == ("cancelled", "queued")
    assert (new.recipient, new.due_to) == ("training@lbbd.gov.uk", mail.recipient)
    assert "training@lbbd.gov.uk" not in answer.headers.get("Set-Cookie", "") + str(answer.cookies)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Enter an email address"),
        ("somebody", "Enter an email address in the correct format"),
        ("somebody@elsewhere.example", "Enter an address of the council: lbbd.gov.uk"),
        ("BusinessForum@lbbd.gov.uk", "goes to this address already"),
    ],
)
def test_an_address_that_is_refused_stays_typed_with_the_reason_beside_it(officer, browser_of, address, words):
    mail = MailFactory(failed=True)

    answer = elsewhere(browser_of(officer), mail, address)

    page = text_of(answer)
    assert "<title>Error: " in page
    assert words in page.split('id="id_address-error"')[1]
    assert f'value="{address}"' in page or not address
    assert OutgoingMail.objects.get().state == "failed"
    assert mail.enquiry.events.count() == 1


def test_the_applicants_letter_may_go_anywhere_that_the_applicant_says(officer, browser_of):
    mail = MailFactory(failed=True, acknowledgement=True)

    elsewhere(browser_of(officer), mail, "right@example.org")

    assert OutgoingMail.objects.get(state="queued").recipient == "right@example.org"


def test_a_mail_that_was_sent_meanwhile_is_not_sent_elsewhere(officer, browser_of):
    mail, browser = MailFactory(sent=True), browser_of(officer)

    answer = browser.post(f"{MAILS}{mail.pk}/another-address/", {"address": "training@lbbd.gov.uk"}, follow=True)

    assert "cannot be done now" in text_of(answer)
    assert OutgoingMail.objects.get().state == "sent"


def test_a_sign_in_mail_is_sent_nowhere_else(officer, browser_of):
    mail = MailFactory(sign_in=True, state="failed")

    assert elsewhere(browser_of(officer), mail, "thief@example.org").status_code == 404
    assert OutgoingMail.objects.count() == 1


def test_who_may_only_look_sees_the_list_and_takes_no_step(viewer, browser_of):
    """AD7."""
    mail, browser = MailFactory(failed=True), browser_of(viewer)

    page = text_of(browser.get(MAILS))

    assert mail.enquiry.reference in page
    assert "What to do" not in page
    assert browser.get(f"{MAILS}{mail.pk}/another-address/").status_code == 403
    assert elsewhere(browser, mail, "training@lbbd.gov.uk").status_code == 403
    assert OutgoingMail.objects.get().state == "failed"


def test_strangers_and_people_who_are_no_staff_get_nowhere(browser_of):
    """AZ1."""
    mail = MailFactory(failed=True)
    address = f"{MAILS}{mail.pk}/another-address/"

    for ask in (lambda who: who.get(address), lambda who: elsewhere(who, mail, "training@lbbd.gov.uk")):
        assert ask(Client()).url.startswith("/account/")
        assert ask(browser_of(UserFactory())).status_code == 403
    assert OutgoingMail.objects.get().state == "failed"


# --- The story of a delivery


def test_an_enquiry_tells_what_was_tried_what_was_learned_and_who_decided(officer, browser_of):
    mail = MailFactory(sent=True)
    for outcome, words in (("away", "Connection refused"), ("sent", "250 OK"), ("bounced", "5.1.1 no such user")):
        mail.attempts.create(outcome=outcome, answer=words, ended_at=timezone.now())
    services.receive_bounce(mail_id=mail.pk, words="5.1.1 no such user")
    services.redirect_mail(mail_id=mail.pk, address="training@lbbd.gov.uk", officer=officer)

    page = text_of(browser_of(officer).get(mail.enquiry.get_absolute_url()))

    for part in (
        "the mail server could not be used",
        "the mail server took it",
        "Server: “250 OK”",
        "it came back",
        "Server: “5.1.1 no such user”",
        f"sent to this address instead of {mail.recipient}",
        "<strong>Mail came back</strong> (to the inbox)",
        ", the portal itself",
        "<strong>Mail sent to another address</strong> (to the inbox)",
        f", {officer}",
    ):
        assert part in page, part


@pytest.mark.parametrize("kind", [kind for kind in Event.Kind if kind.startswith("mail")])
def test_every_line_about_mail_says_which_mail(officer, browser_of, kind):
    mail = MailFactory(failed=True, acknowledgement=True)
    mail.enquiry.record(kind, mail=mail.pk)

    page = text_of(browser_of(officer).get(mail.enquiry.get_absolute_url()))

    assert f"<strong>{kind.label}</strong> (acknowledgement)" in page


def test_an_application_that_did_not_reach_its_inbox_comes_first_and_says_so(officer, browser_of):
    new, undelivered = EnquiryFactory(), EnquiryFactory(in_triage=True, undelivered=True)
    browser = browser_of(officer)

    answer = browser.get("/admin/enquiries/enquiry/")

    assert [row.enquiry for row in answer.context["rows"]] == [undelivered, new]
    assert text_of(answer).count("Not delivered") == 1
    assert "not known to have reached its inbox" in text_of(browser.get(undelivered.get_absolute_url()))
    assert "not known to have reached its inbox" not in text_of(browser.get(new.get_absolute_url()))


@pytest.mark.parametrize("kind", ["enquiry", "outgoingmail"])
def test_djangos_page_of_changes_leads_to_the_page_that_has_the_history(officer, browser_of, kind):
    mail = MailFactory(failed=True)
    page = f"/admin/enquiries/{kind}/{mail.enquiry_id if kind == 'enquiry' else mail.pk}"

    answer = browser_of(officer).get(f"{page}/history/", follow=True)

    assert answer.redirect_chain == [(f"{page}/change/", 302)]
    assert answer.status_code == 200


def test_the_history_of_nothing_is_not_there(officer, browser_of):
    code = MailFactory(sign_in=True, state="failed")

    for number in (code.pk, 987654):
        assert browser_of(officer).get(f"{MAILS}{number}/history/", follow=True).status_code == 404


# --- The banner


@pytest.mark.parametrize("page", ["/admin/", MAILS, "/admin/enquiries/routingrule/", "/status/"])
def test_every_officers_page_says_that_mail_does_not_arrive(viewer, browser_of, page):
    browser = browser_of(viewer)
    MailFactory(queued_at=ago(minutes=9))
    assert "officers-alarm" not in text_of(browser.get(page))

    Enquiry.objects.update(undelivered=True)
    MailFactory(queued_at=ago(hours=3))
    shown = text_of(browser.get(page))

    assert "1 application may not have reached its inbox." in shown
    assert "The oldest unsent mail has waited 3 hours." in shown
    assert f'href="{MAILS}">Mail that needs somebody</a>' in shown


def test_one_bad_address_of_an_applicant_is_no_alarm_but_is_in_the_list(officer, browser_of, client):
    """Anybody could raise it: an address whose mail server always says “later” is enough."""
    mail = MailFactory(queued_at=ago(days=1), acknowledgement=True, last_answer="450 Try again later")

    page = text_of(browser_of(officer).get(MAILS))

    assert "officers-alarm" not in page
    assert mail.enquiry.reference in page
    assert client.get("/health/ready").json().get("reason") != "mail is delayed"
    assert "a letter is delayed" in verdicts.warnings(facts.everything())


def test_public_pages_ask_nothing_about_mail_and_say_nothing(client):
    EnquiryFactory(undelivered=True)

    with CaptureQueriesContext(connection) as made:
        page = client.get("/contact/")

    assert "officers-alarm" not in page.content.decode()
    assert "enquiries_" not in " ".join(query["sql"] for query in made)
