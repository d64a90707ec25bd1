"""The end of a partner's agreement (J-R10): letters, closed listings, and what became of applicants' data."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from careportal.kit.signals import restored
from enquiries.services import listings
from programmes import services
from programmes.exceptions import AdministratorsOnly, ChangedMeanwhile
from programmes.models import AgreementEnd, AnswerBefore, Availability, Intake, Programme
from tests.factories import IntakeFactory, PartnerFactory, PartnerMembershipFactory, ProgrammeFactory, UserFactory

pytestmark = pytest.mark.django_db

LAST_DAY = dt.date(2027, 6, 30)  # a Wednesday
DAY = dt.timedelta(days=1)
INBOX = "businessforum@lbbd.gov.uk"


@pytest.fixture
def ending(partner, administrator):
    partner.agreement_ends_on = LAST_DAY
    partner.save()
    return partner


def at(day, hour=9):
    return time_machine.travel(dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC), tick=False)


def written(first, days):
    """To whom and when letters go, if the job looks every morning from the first day on."""
    seen = []
    for number in range(days):
        with at(first + number * DAY):
            mail.outbox.clear()
            listings.look_after_endings()
            seen += [(timezone.localdate(), letter.to[0]) for letter in mail.outbox]
    return seen


# --- Before it


def test_a_month_and_a_week_before_the_end_administrators_and_the_council_are_told_once(ending, administrator, editor):
    told = written(LAST_DAY - 40 * DAY, 41)

    month, week = dt.date(2027, 6, 1), dt.date(2027, 6, 23)  # 31 May 2027 is a bank holiday
    people = {administrator.user.email, INBOX}
    assert {day for day, _ in told} == {month, week}
    assert sorted(told) == sorted((day, to) for day in (month, week) for to in people)


def test_a_letter_goes_once_to_the_address_that_the_partner_shares(ending, administrator):
    PartnerMembershipFactory(partner=ending, administrator=True)
    ending.email = "programmes@example.org"
    ending.save()

    assert [to for _, to in written(dt.date(2027, 6, 23), 1)] == ["programmes@example.org", INBOX]


def test_two_administrators_without_a_shared_address_are_each_told(ending, administrator):
    second = PartnerMembershipFactory(partner=ending, administrator=True)

    told = [to for _, to in written(dt.date(2027, 6, 23), 1)]

    assert told == [administrator.user.email, second.user.email, INBOX]


def test_the_letters_say_the_day_and_no_name(ending, administrator):
    with at(dt.date(2027, 6, 23)):
        listings.look_after_endings()

    for letter in mail.outbox:
        assert "Wednesday 30 June 2027" in letter.body
        assert ending.name not in letter.subject + letter.body


def test_a_new_last_day_is_told_anew_and_what_has_no_last_day_is_not_told(ending, administrator):
    assert written(dt.date(2027, 6, 23), 1)
    ending.agreement_ends_on = LAST_DAY + 365 * DAY
    ending.save()
    assert not written(dt.date(2027, 6, 24), 30)
    assert len(written(dt.date(2028, 5, 30), 10)) == 2

    ending.agreement_ends_on = None
    ending.save()
    assert not written(dt.date(2028, 6, 20), 30)


@pytest.mark.parametrize(("day", "hour"), [(dt.date(2027, 6, 26), 9), (dt.date(2027, 6, 25), 3)])
def test_nobody_is_written_to_on_a_day_off_or_in_the_night(ending, day, hour):
    with at(day, hour):
        assert listings.look_after_endings() == 0


# --- The day itself


def test_listings_are_closed_from_the_day_after_the_last_one_and_say_whom_to_ask(ending):
    programme = ProgrammeFactory(title="Rota workshop", slug="rota")
    programme.partners.add(ending)
    IntakeFactory(programme=programme, opens_on=LAST_DAY - 10 * DAY, closes_on=LAST_DAY + 90 * DAY)

    with at(LAST_DAY):
        assert programme.availability() == Availability.OPEN
        assert Programme.objects.open_on().exists()
        assert "Apply now" in Client().get("/programmes/rota/").text
    with at(LAST_DAY + DAY):
        assert programme.availability() == Availability.CLOSED
        assert not programme.may_be_applied_for()
        assert not Programme.objects.open_on().exists()
        page = Client().get("/programmes/rota/").text
        assert "Apply now" not in page
        assert "the council’s agreement with Example partner has ended" in page
        assert "rota" not in Client().get("/programmes/?open=on").text.lower().split("main-content")[0]
        assert Client().get("/apply/?programme=rota").status_code in (200, 302)


def test_what_another_partner_runs_too_or_the_council_by_itself_goes_on(ending):
    shared, own = ProgrammeFactory(), ProgrammeFactory()
    shared.partners.add(ending, PartnerFactory())
    with at(LAST_DAY + DAY):
        assert {shared.availability(), own.availability()} == {Availability.OPEN}
        assert set(Programme.objects.open_on()) == {shared, own}
        assert {one.availability() for one in Programme.objects.knowing_if_run()} == {Availability.OPEN}


def test_no_place_is_offered_by_itself_after_the_last_day(ending):
    programme = ProgrammeFactory()
    programme.partners.add(ending)
    runs = {"starts_on": LAST_DAY + 60 * DAY, "opens_on": LAST_DAY - 60 * DAY, "closes_on": LAST_DAY + 30 * DAY}
    IntakeFactory(programme=programme, capacity=3, **runs)
    with at(LAST_DAY):
        assert Intake.objects.filled_by_itself().exists()
    with at(LAST_DAY + DAY):
        assert not Intake.objects.filled_by_itself().exists()


# --- After it


def test_the_partner_is_asked_about_data_after_the_end_and_reminded_twice(ending, administrator):
    told = written(LAST_DAY + DAY, 120)

    assert told == [
        (day, administrator.user.email) for day in (dt.date(2027, 7, 1), dt.date(2027, 7, 15), dt.date(2027, 7, 29))
    ]


def test_nobody_is_asked_where_nobody_is_there_and_that_is_not_counted(ending, administrator, browser_of):
    administrator.user.is_active = False
    administrator.user.save()
    assert not written(LAST_DAY + DAY, 40)
    with at(LAST_DAY + 41 * DAY):
        address = f"/admin/programmes/partner/{ending.pk}/data/"
        assert "The partner was asked 0 of 3 times." in browser_of(UserFactory(lead=True)).get(address).text
    ending.email = "programmes@example.org"
    ending.save()
    assert written(LAST_DAY + 42 * DAY, 1)


def test_what_was_kept_until_a_day_is_to_be_said_again_after_it(ending, administrator, browser_of):
    """U69: nothing is kept longer than was said without anybody seeing it."""
    until = LAST_DAY + 30 * DAY
    kept = {"answer": "kept", "because": "The law", "kept_until": until}
    with at(LAST_DAY + DAY):
        services.say_what_became_of_data(partner_id=ending.pk, by=administrator.user, **kept)
    lead = UserFactory(lead=True)
    with at(until):
        assert "Partners to say what became of data" not in browser_of(lead).get("/admin/").text
    with at(until + DAY):
        client = browser_of(lead)
        assert not listings.look_after_endings()
        page = client.get("/admin/").text
        assert "It kept some until" in page
        assert "30 July 2027" in page
        assert ending.name in client.get("/admin/programmes/partner/?agreement=unsaid").text
        services.say_what_became_of_data(partner_id=ending.pk, by=administrator.user, answer="deleted")
        assert "Partners to say what became of data" not in client.get("/admin/").text


def test_whoever_has_answered_is_not_reminded(ending, administrator):
    written(LAST_DAY + DAY, 1)
    with at(LAST_DAY + 2 * DAY):
        services.say_what_became_of_data(partner_id=ending.pk, by=administrator.user, answer="deleted")

    assert not written(LAST_DAY + 3 * DAY, 60)
    assert not AgreementEnd.objects.unanswered(LAST_DAY + 60 * DAY).exists()


def test_the_answer_is_kept_with_who_and_when(ending, administrator):
    with at(LAST_DAY + DAY):
        end = services.say_what_became_of_data(
            partner_id=ending.pk,
            by=administrator.user,
            answer="kept",
            because="The law",
            kept_until=dt.date(2030, 1, 1),
        )
        assert (end.answered_by, end.because, end.is_settled) == (administrator.user, "The law", False)
        assert AuditEntry.objects.get(about="programmes.partner").detail["answer"] == "kept"

        later = services.say_what_became_of_data(partner_id=ending.pk, by=administrator.user, answer="deleted")
        assert (later.pk, later.because, later.kept_until, later.is_settled) == (end.pk, "", None, True)
        with pytest.raises(ChangedMeanwhile):
            services.say_what_became_of_data(partner_id=ending.pk, by=administrator.user, answer="returned")


def test_it_is_answered_only_after_the_end_by_its_administrators_and_lead_officers(ending, editor, stranger):
    with at(LAST_DAY), pytest.raises(ChangedMeanwhile):
        services.say_what_became_of_data(partner_id=ending.pk, by=UserFactory(lead=True), answer="deleted")
    with at(LAST_DAY + DAY):
        for person in (editor.user, stranger.user, UserFactory(officer=True)):
            with pytest.raises(AdministratorsOnly):
                services.say_what_became_of_data(partner_id=ending.pk, by=person, answer="deleted")
        assert services.say_what_became_of_data(partner_id=ending.pk, by=UserFactory(lead=True), answer="deleted")


def test_the_database_keeps_data_only_with_a_reason_and_an_end(ending):
    for wrong in ({"answer": "kept"}, {"answer": "kept", "because": "x"}, {"because": "x"}, {"answer": "lost"}):
        facts = {"partner": ending, "ends_on": LAST_DAY, "answered_at": timezone.now() if "answer" in wrong else None}
        with pytest.raises(IntegrityError), transaction.atomic():
            AgreementEnd.objects.create(**facts, **wrong)


def test_after_a_restore_nobody_is_written_to_again(ending, administrator):
    with at(dt.date(2027, 6, 23)):
        restored.send(sender=None)
        assert listings.look_after_endings() == 0
    with at(LAST_DAY + DAY):
        restored.send(sender=None)
        assert listings.look_after_endings() == 0


def test_a_restore_asks_nothing_about_agreements_that_ended_long_ago(ending, settings):
    with at(LAST_DAY + (settings.PARTNER_FIGURES_DAYS + 1) * DAY):
        restored.send(sender=None)
        assert not AgreementEnd.objects.exists()


# --- The page


def page(partner):
    return f"/partner/{partner.pk}/data-return/"


def answer(**said):
    return {"answer": "kept", "because": "The law", "kept_until-day": "1", "kept_until-month": "1", **said}


def test_an_administrator_says_it_on_the_page(ending, administrator, browser):
    with at(LAST_DAY + DAY):
        client = browser(administrator)
        told_why = client.get("/partner/")
        assert told_why.status_code == 404
        assert page(ending) in told_why.text

        response = client.post(page(ending), answer(**{"kept_until-year": "2030"}), follow=True)
        assert "Thank you. The council has your answer." in response.text
        assert "1 January 2030" in response.text

        response = client.post(page(ending), {"answer": "returned"}, follow=True)
        assert "returned them to the council" in response.text
        assert "Tell the council</button>" not in response.text


def test_whoever_answers_after_a_colleague_reads_that_and_what_was_said(ending, administrator, browser, browser_of):
    """Two at once, or the back button: nothing is lost without a word."""
    with at(LAST_DAY + DAY):
        client = browser(administrator)
        client.post(page(ending), {"answer": "deleted"})
        officers = browser_of(UserFactory(lead=True)), f"/admin/programmes/partner/{ending.pk}/data/"

        for person, address in ((client, page(ending)), officers):
            response = person.post(address, {"answer": "none"}, follow=True)
            assert "This has been answered already. Nothing was changed." in response.text
            assert "We have deleted them" in response.text
        assert AgreementEnd.objects.get().answer == "deleted"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Select what became of the details"),
        ({"answer": "kept"}, "Enter why you keep some of them"),
        ({"answer": "kept", "because": "x"}, "Enter until when"),
        (answer(**{"kept_until-year": "2020"}), "must be on or after"),
        (answer(answer="deleted"), "Leave this empty, or select that you keep some of them"),
        ({"answer": "kept", "because": "x" * 10_000}, "250 characters or"),
        ({"answer": "sold"}, "Select what became of the details"),
    ],
)
def test_what_cannot_be_kept_is_explained_and_nothing_typed_is_lost(ending, administrator, browser, said, words):
    with at(LAST_DAY + DAY):
        response = browser(administrator).post(page(ending), said)
    assert response.status_code == 200
    assert words in response.text
    assert said.get("because", "") in response.text


def test_the_page_is_for_administrators_after_the_end_while_figures_are_open(
    ending, administrator, editor, stranger, browser, settings
):
    """AZ1, AZ3."""
    last = LAST_DAY + settings.PARTNER_FIGURES_DAYS * DAY
    client = browser(administrator)
    for day, status in ((LAST_DAY, 404), (LAST_DAY + DAY, 200), (last, 200), (last + DAY, 404)):
        with at(day):
            client.force_login(administrator.user)
            assert client.get(page(ending)).status_code == status
    with at(LAST_DAY + DAY):
        assert browser(editor).get(page(ending)).status_code == 403
        assert browser(stranger).get(page(ending)).status_code == 404
        assert browser(stranger).post(page(ending), {"answer": "deleted"}).status_code == 404
        assert Client().get(page(ending)).url.startswith("/account/login/")
        assert browser(stranger).get(f"/partner/{10**25}/data-return/").status_code == 404
    assert not AgreementEnd.objects.exclude(answer="").exists()


def test_lead_officers_see_who_has_not_said_it_and_write_down_what_they_were_told(ending, browser_of):
    with at(LAST_DAY + DAY):
        listings.look_after_endings()
        client = browser_of(UserFactory(lead=True))
        assert "Partners to say what became of data" in client.get("/admin/").text
        assert ending.name in client.get("/admin/programmes/partner/?agreement=unsaid").text
        told = client.get(f"/admin/programmes/partner/{ending.pk}/change/").text
        assert "Nothing said yet, asked 1 of 3 times" in told

        address = f"/admin/programmes/partner/{ending.pk}/data/"
        assert "The partner was asked 1 of 3 times. It has not answered." in client.get(address).text
        assert "What they told you is written down." in client.post(address, {"answer": "none"}, follow=True).text
        assert "Partners to say what became of data" not in client.get("/admin/").text
        assert browser_of(UserFactory(officer=True)).get(address).status_code == 403


# --- An answer that was wrong


@pytest.fixture
def answered(ending, administrator):
    """The day after the end, and the partner has said that all is deleted."""
    with at(LAST_DAY + DAY):
        services.say_what_became_of_data(partner_id=ending.pk, by=administrator.user, answer="deleted")
        yield AgreementEnd.objects.get()


@pytest.fixture
def lead(db):
    return UserFactory(lead=True)


def correct(end, officer, **said):
    known = {"answer": "returned", "why": "They found a copy.", "shown": end.mark, **said}
    return services.correct_answer(partner_id=end.partner_id, officer=officer, **known)


def test_an_officer_corrects_a_final_answer_and_both_stay_with_who_when_and_why(answered, administrator, lead):
    correct(answered, lead)

    end, before = AgreementEnd.objects.get(), AnswerBefore.objects.get()
    assert (end.answer, end.answered_by) == ("returned", lead)
    assert (before.answer, before.answered_by, before.answered_at) == (
        "deleted",
        administrator.user,
        answered.answered_at,
    )
    assert (before.corrected_by, before.corrected_at, before.why) == (lead, timezone.now(), "They found a copy.")
    entry = AuditEntry.objects.latest("pk")
    assert entry.by == lead
    assert "data corrected" in str(entry.detail)


def test_what_is_kept_after_all_has_a_reason_and_an_end_and_the_council_hears_of_it_again(answered, lead):
    correct(answered, lead, answer="kept", because="The law", kept_until=LAST_DAY + 5 * DAY)

    assert not AgreementEnd.objects.get().is_settled
    assert AgreementEnd.objects.unsettled(LAST_DAY + 6 * DAY).exists()


def test_nobody_but_the_council_corrects_and_nobody_what_they_have_not_seen(answered, administrator, lead, officer):
    for somebody in (administrator.user, officer):
        with pytest.raises(AdministratorsOnly):
            correct(answered, somebody)
    correct(answered, lead)
    with pytest.raises(ChangedMeanwhile):
        correct(answered, lead, answer="none")

    assert AgreementEnd.objects.get().answer == "returned"


def test_what_is_not_final_is_not_corrected_and_the_page_leads_to_where_it_is_said(ending, lead, browser_of):
    with at(LAST_DAY + DAY):
        listings.look_after_endings()
        with pytest.raises(ChangedMeanwhile):
            correct(AgreementEnd.objects.get(), lead)
        assert browser_of(lead).get(correction(ending)).url == f"/admin/programmes/partner/{ending.pk}/data/"


def correction(partner):
    return f"/admin/programmes/partner/{partner.pk}/data/correct/"


def test_the_partner_reads_the_correction_too_and_no_names(answered, administrator, lead, browser, browser_of):
    client, page_of_it = browser_of(lead), correction(answered.partner)
    assert page_of_it in client.get(f"/admin/programmes/partner/{answered.partner_id}/data/").text
    typed = {"answer": "returned", "shown": answered.mark}

    refused = client.post(page_of_it, typed)
    assert "Enter why it is corrected" in refused.text
    shown = client.post(page_of_it, {**typed, "why": "They found a copy."}, follow=True).text

    told = browser(administrator).get(page(answered.partner)).text
    for text in (shown, told):
        for words in ("returned them to the council", "We have deleted them", "They found a copy."):
            assert words in text
    assert str(lead) in shown
    assert str(lead) not in told


def test_the_correction_is_for_lead_officers(answered, officer, administrator, browser, browser_of):
    """AZ1."""
    path = correction(answered.partner)
    assert browser_of(officer).get(path).status_code == 403
    assert browser(administrator).get(path).status_code == 403
    assert Client().get(path).status_code == 302


@pytest.mark.parametrize("wrong", [{"why": ""}, {"answer": "kept"}, {"answer": ""}])
def test_the_database_keeps_no_correction_without_a_reason_or_of_an_open_answer(answered, wrong):
    facts = {"end": answered, "answer": "deleted", "answered_at": timezone.now(), "why": "x"}
    AnswerBefore.objects.create(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerBefore.objects.create(**facts | wrong)
