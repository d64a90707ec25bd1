"""“Something wrong with this page?” (J-R9)"""

import datetime as dt
import logging

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from enquiries.models import OutgoingMail
from programmes.models import ListingReport, PartnerMembership, Programme
from programmes.services import forget_what_is_over
from programmes.services import reports as services
from tests.factories import PartnerFactory, ProgrammeFactory, UserFactory
from tests.programmes.partners import letters_to, partner_with

pytestmark = pytest.mark.django_db

KEEPER = "keeper@example.org"
READER = "reader@example.org"
TOLD = {"kind": "dates", "text": "The spring group begins in May.", "email": READER}


@pytest.fixture(autouse=True)
def through_the_outbox(settings):
    settings.EMAIL_BACKEND = "enquiries.mail.backend.OutboxBackend"


@pytest.fixture
def programme(db):
    partner_with("Rota workshop", name="Care City")
    return Programme.objects.get()


@pytest.fixture
def keeper(programme, browser_of):
    return browser_of(PartnerMembership.objects.get().user)


@pytest.fixture
def reported(programme):
    return services.report(programme=programme, origin="x", **TOLD)


def tell(client, programme, **changed):
    return client.post(f"{programme.get_absolute_url()}report/", {**TOLD, **changed}, follow=True)


def test_what_somebody_reports_reaches_the_partner_and_the_council_as_a_link_alone(client, programme, settings):
    assert "Something wrong with this page?" in client.get(programme.get_absolute_url()).content.decode()
    assert "Thank you for telling us" in tell(client, programme).content.decode()

    report = ListingReport.objects.get()
    assert (report.kind, report.text, report.email, report.state) == (*TOLD.values(), "new")
    (to_partner,), (to_council,) = letters_to(KEEPER), letters_to(settings.BUSINESS_FORUM_INBOX)
    assert f"/partner/reports/{report.pk}/" in to_partner
    assert f"/admin/programmes/listingreport/{report.pk}/change/" in to_council
    for text in (*letters_to(KEEPER), to_council, *OutgoingMail.objects.values_list("subject", flat=True)):
        assert TOLD["text"] not in text
        assert READER not in text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"text": ""}, "Enter what it should say instead"),
        ({"kind": "nothing"}, "Select what is wrong"),
        ({"email": "x"}, "Enter one email address"),
        ({"text": "x" * 1001}, "1,000 characters or less"),
        ({"text": "x" * 100_000}, "1,000 characters or less"),
    ],
)
def test_what_cannot_be_read_is_asked_again_and_what_was_typed_stays(client, programme, changed, words):
    page = tell(client, programme, **changed).content.decode()

    assert words in page
    assert not ListingReport.objects.exists()


def test_no_character_that_a_database_refuses_gets_through(client, programme):
    assert tell(client, programme, text="a\x00b").status_code in {200, 400}
    assert not ListingReport.objects.exists()


@pytest.mark.parametrize("filled", ["https://example.org", "x" * 1000, "\x01"])
def test_a_program_that_fills_in_every_field_is_thanked_and_nothing_is_kept(client, programme, filled):
    assert "Thank you" in tell(client, programme, website=filled).content.decode()
    assert not ListingReport.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_one_network_reports_five_times_an_hour_and_then_has_to_wait(client, programme):
    others = [ProgrammeFactory() for _ in range(6)]

    statuses = [tell(client, one).status_code for one in others]

    assert statuses == [200] * 5 + [429]
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        assert tell(client, programme).status_code == 200


def test_one_page_is_reported_twenty_times_an_hour_and_its_partner_is_written_to_once(client, programme):
    """One network after the other: nobody's mailbox is flooded by strangers."""
    for number in range(20):
        services.report(programme=programme, origin=f"network {number}", **TOLD)

    answer = tell(client, programme)
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert "Wait 60 minutes, then try again." in answer.content.decode()
    assert TOLD["text"] in answer.content.decode()  # nothing typed is lost
    assert len(letters_to(KEEPER)) == 1


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_a_page_that_is_not_public_is_not_there_to_be_reported(client, state):
    """AZ8."""
    hidden = ProgrammeFactory(**{state: True})

    for path in ("report/", "report/sent/"):
        assert client.get(f"{hidden.get_absolute_url()}{path}").status_code == 404
    assert tell(client, hidden).status_code == 404


# --- The partner


def test_the_partner_reads_it_and_answers_and_never_learns_who_asked(keeper, reported):
    shown = [keeper.get(path).content.decode() for path in ("/partner/reports/", f"/partner/reports/{reported.pk}/")]
    assert "Rota workshop" in shown[0]
    assert TOLD["text"] in shown[1]
    assert READER not in "".join(shown)

    answer = {"answer": "fixed", "note": "It is May now."}
    page = keeper.post(f"/partner/reports/{reported.pk}/", answer, follow=True).content.decode()

    assert "Your answer is stored" in page
    assert READER not in page
    reported.refresh_from_db()
    assert (reported.state, reported.answer, reported.email) == ("answered", "fixed", "")
    (letter,) = letters_to(READER)
    assert "It is corrected now" in letter
    assert "It is May now." in letter
    assert KEEPER not in letter
    assert AuditEntry.objects.get(about="programmes.listingreport").by.email == KEEPER


def test_an_answer_is_given_once(keeper, reported):
    for _ in range(2):
        keeper.post(f"/partner/reports/{reported.pk}/", {"answer": "right"})

    assert len(letters_to(READER)) == 1


def test_an_answer_that_is_none_is_asked_again(keeper, reported):
    page = keeper.post(f"/partner/reports/{reported.pk}/", {"answer": "maybe", "note": "x"}).content.decode()

    assert "Select what became of it" in page
    assert ListingReport.objects.open().exists()


def test_a_report_about_another_partners_page_is_not_there(reported, browser_of, caplog):
    """AZ3: refused, nothing changed, and logged."""
    stranger = UserFactory()
    PartnerMembership.objects.create(partner=PartnerFactory(), user=stranger, role="administrator")
    client = browser_of(stranger)

    with caplog.at_level(logging.WARNING):
        for number in (reported.pk, 10**30):
            for method in ("get", "post"):
                answer = getattr(client, method)(f"/partner/reports/{number}/", {"answer": "fixed"})
                assert answer.status_code == 404

    assert "Rota workshop" not in client.get("/partner/reports/").content.decode()
    assert ListingReport.objects.open().exists()
    assert f"report.refused user={stranger.pk} report={reported.pk}" in caplog.text


@pytest.mark.parametrize("path", ["/partner/reports/", "/partner/reports/1/"])
def test_whoever_belongs_to_no_partner_sees_no_reports(client, reported, path, officer, browser_of):
    """AZ1."""
    assert client.get(path).url.startswith("/account/login/")
    client.force_login(UserFactory())
    assert client.get(path).status_code == 404
    assert browser_of(officer).get(path).status_code == 404


def test_after_the_agreement_the_partner_reads_no_reports(keeper, reported):
    PartnerMembership.objects.get().partner.__class__.objects.update(agreement_ends_on=dt.date(2020, 1, 1))

    assert keeper.get("/partner/reports/").status_code == 404


# --- Officers


def test_officers_see_all_of_it_and_answer_in_the_partners_place(officer, browser_of, reported):
    browser = browser_of(officer)
    assert "Rota workshop" in browser.get("/admin/programmes/listingreport/").content.decode()
    page = browser.get(f"/admin/programmes/listingreport/{reported.pk}/change/").content.decode()
    assert TOLD["text"] in page
    assert READER in page

    browser.post(f"/admin/programmes/listingreport/{reported.pk}/answer/", {"answer": "right"})

    reported.refresh_from_db()
    assert (reported.answer, reported.ended_by) == ("right", officer)
    assert "right as it is" in letters_to(READER)[0]


def test_officers_close_what_needs_no_answer(officer, browser_of, reported):
    browser = browser_of(officer)
    for _ in range(2):
        browser.post(f"/admin/programmes/listingreport/{reported.pk}/close/")

    reported.refresh_from_db()
    assert (reported.state, reported.email) == ("closed", "")
    assert letters_to(READER) == []


def test_whoever_opens_a_report_with_its_address_is_written_down(officer, browser_of, reported):
    """AD9."""
    browser_of(officer).get(f"/admin/programmes/listingreport/{reported.pk}/change/")

    assert AuditEntry.objects.filter(kind="opened", about="programmes.listingreport", row=reported.pk).exists()


def test_who_may_only_look_answers_nothing(viewer, browser_of, reported):
    browser = browser_of(viewer)

    assert browser.get(f"/admin/programmes/listingreport/{reported.pk}/change/").status_code == 200
    for step in ("answer", "close"):
        address = f"/admin/programmes/listingreport/{reported.pk}/{step}/"
        assert browser.post(address, {"answer": "fixed"}).status_code == 403
    assert ListingReport.objects.open().exists()


# --- What is kept


def test_the_address_is_forgotten_after_90_days_and_the_network_after_an_hour(reported):
    forget_what_is_over()
    reported.refresh_from_db()
    assert (reported.email, reported.origin) == (READER, "x")

    for days, kept in ((1, READER), (91, "")):
        with time_machine.travel(timezone.now() + dt.timedelta(days=days)):
            forget_what_is_over()
        reported.refresh_from_db()
        assert (reported.email, reported.origin) == (kept, "")
    assert reported.text == TOLD["text"]


def test_the_privacy_notice_says_so(client):
    assert "something is wrong with a page: 90 days" in client.get("/privacy/").content.decode()


def test_the_database_keeps_what_a_state_means(reported):
    for wrong in ({"state": "answered"}, {"state": "closed"}, {"answer": "fixed"}, {"state": "lost"}, {"kind": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ListingReport.objects.update(**wrong)
