"""An offer of a place: the letter, the page that answers it, and moving to another group."""

import datetime as dt
from functools import partial

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from enquiries import letters_offers, services
from enquiries.exceptions import TransitionNotAllowed
from enquiries.letters_offers import offer_address
from enquiries.models import Enquiry, Event, Interest, Message, OutgoingMail
from programmes.models import ClosureDay, Intake
from tests.enquiries.letters import page_in, written_to
from tests.factories import EnquiryFactory, IntakeFactory, InterestFactory, ProgrammeFactory, in_days

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 30)


@pytest.fixture
def interest():
    programme = ProgrammeFactory(title="Rota planning", cost_pounds=0, answer_days=5)
    found = InterestFactory(in_hand=True, programme=programme, enquiry__contact_name="Erika Example")
    IntakeFactory(programme=programme, title="Spring group", place="Barking", starts_on=in_days(90))
    return found


@pytest.fixture
def offered(interest, officer):
    return services.offer(interest_id=interest.pk, officer=officer, intake_id=group(interest).pk)


@pytest.fixture
def page(offered):
    return page_in(Message.objects.get(kind="offer").mail.text)


def group(interest):
    return interest.programme.intakes.get(title="Spring group")


def shown(page, browser=None):
    answer = (browser or Client()).get(page)
    assert answer.status_code == 200
    return answer.content.decode()


def answer(page, given, interest, browser=None):
    interest.refresh_from_db()
    return (browser or Client()).post(page, {"answer": given, "shown": interest.shown_as})


# --- The letter ----------------------------------------------------------------------------------------------------


def test_an_offer_writes_one_letter_that_says_all_about_the_place_and_until_when(interest, officer):
    services.offer(interest_id=interest.pk, officer=officer, intake_id=group(interest).pk, answer_by=in_days(20))

    (mail,) = written_to(interest.enquiry.contact_email)
    message = Message.objects.get()
    assert (message.kind, message.mail, message.interest, message.by) == ("offer", mail, interest, officer)
    assert message.text == mail.text.replace(offer_address(interest), "(the page to answer on)") != mail.text
    assert message.answer_by == in_days(20)
    assert mail.kind == OutgoingMail.Kind.MESSAGE
    for words in ("Dear Erika", "Rota planning", "Spring group", "Barking", "Cost: free", interest.enquiry.reference):
        assert words in mail.text
    assert f"{in_days(20):%B %Y}" in mail.text
    assert interest.enquiry.reference in mail.subject
    assert "Erika" not in mail.subject


def test_a_letter_repeats_nothing_that_was_typed_but_a_clean_first_name(officer):
    """MO4: the contact's name cannot carry an address, and nothing else of the application is in the letter."""
    enquiry = EnquiryFactory(in_triage=True, contact_name="www.evil.example", organisation="Canary", message="Canary")
    interest = InterestFactory(enquiry=enquiry, answers=[["Why?", "Canary"]])

    services.offer(interest_id=interest.pk, officer=officer)

    (mail,) = written_to(enquiry.contact_email)
    assert "evil" not in mail.text
    assert "Canary" not in mail.text + mail.subject
    assert "to be agreed" in mail.text


def test_the_history_says_who_offered_what_until_when(offered, officer):
    event = offered.enquiry.events.get(kind=Event.Kind.OFFERED)

    assert event.by == officer
    assert event.detail["intake"] == group(offered).pk
    assert event.detail["answer_by"] == f"{offered.answer_by}"


def test_an_offer_by_an_officer_is_a_first_reply(interest, officer):
    services.offer(interest_id=interest.pk, officer=officer, intake_id=group(interest).pk)

    interest.enquiry.refresh_from_db()
    assert interest.enquiry.replied_at is not None


def test_letters_to_one_provider_are_numbered_so_that_none_is_mistaken_for_another(interest, officer):
    for _ in range(2):
        services.offer(interest_id=interest.pk, officer=officer, intake_id=group(interest).pk)
        services.put_on_waiting_list(interest_id=interest.pk, officer=officer)

    mails = written_to(interest.enquiry.contact_email)
    assert [mail.number for mail in mails] == [1, 2]
    assert len({mail.message_id for mail in mails}) == 2


# --- Until when ----------------------------------------------------------------------------------------------------


def test_the_usual_time_counts_working_days_and_the_councils_closure_days():
    """Five working days from a Thursday before Christmas pass three holidays and a closure day."""
    ClosureDay.objects.create(on=dt.date(2026, 12, 29), reason="Closed")

    with time_machine.travel(dt.datetime(2026, 12, 24, 10, tzinfo=dt.UTC)):
        assert services.usual_answer_by(ProgrammeFactory()) == dt.date(2027, 1, 6)


def test_a_programme_may_give_more_time_and_the_setting_says_what_is_usual(settings):
    settings.OFFER_DAYS = 2

    with time_machine.travel(dt.datetime(2026, 11, 30, 10, tzinfo=dt.UTC)):
        assert services.usual_answer_by(ProgrammeFactory()) == MONDAY + dt.timedelta(days=2)
        assert services.usual_answer_by(ProgrammeFactory(answer_days=10)) == MONDAY + dt.timedelta(days=14)


def test_the_usual_time_ends_before_the_group_begins():
    soon = IntakeFactory(starts_on=in_days(2), programme__answer_days=10)

    assert services.usual_answer_by(soon.programme, soon) == in_days(1)


@pytest.mark.parametrize("days", [0, -1])
def test_a_day_that_leaves_no_time_is_refused(interest, officer, days):
    with pytest.raises(TransitionNotAllowed, match="a day after today"):
        services.offer(interest_id=interest.pk, officer=officer, intake_id=group(interest).pk, answer_by=in_days(days))

    assert (group(interest).places_taken, Message.objects.count()) == (0, 0)


def test_officers_see_the_usual_day_and_may_change_it(interest, officer, browser_of):
    browser = browser_of(officer)
    address = f"/admin/enquiries/enquiry/{interest.enquiry_id}/programmes/{interest.pk}/offer/"
    usual = services.usual_answer_by(interest.programme)
    page = browser.get(address).content.decode()
    assert f'name="answer_by-day" type="text" value="{usual.day}"' in page

    typed = {"group": group(interest).pk, "shown": interest.shown_as}
    late = in_days(40)
    wrong = browser.post(address, {**typed, "answer_by-day": "31", "answer_by-month": "2", "answer_by-year": "2027"})
    assert "The day to answer by must be a real date" in wrong.content.decode()
    browser.post(
        address, {**typed, "answer_by-day": late.day, "answer_by-month": late.month, "answer_by-year": late.year}
    )

    interest.refresh_from_db()
    assert (interest.state, interest.answer_by) == ("offered", late)
    assert "To be answered by" in browser.get(interest.enquiry.get_absolute_url()).content.decode()


def test_what_was_typed_as_a_day_is_kept_when_the_step_is_refused(interest, officer, browser_of):
    """CO1."""
    address = f"/admin/enquiries/enquiry/{interest.enquiry_id}/programmes/{interest.pk}/offer/"
    typed = {"answer_by-day": "14", "answer_by-month": "9", "answer_by-year": "2001"}

    page = browser_of(officer).post(address, {"group": group(interest).pk, **typed}).content.decode()

    assert "Choose a day after today" in page
    assert 'value="2001"' in page


# --- The page ------------------------------------------------------------------------------------------------------


def test_the_page_says_what_is_offered_and_looking_changes_nothing(offered, page):
    """AZ17, N19: a scanner that opens every link answers for nobody."""
    before = list(Interest.objects.values())

    for _ in range(3):
        text = shown(page)
        Client().head(page)

    for words in ("Rota planning", "Spring group", "Barking", "Free", "Yes, I accept the place", "Send your answer"):
        assert words in text
    assert list(Interest.objects.values()) == before
    assert offered.enquiry.events.count() == 2


def test_accepting_gives_the_place_and_is_logged_as_the_providers_act(offered, page):
    """N19."""
    assert answer(page, "accept", offered).status_code == 302

    offered.refresh_from_db()
    event = offered.enquiry.events.last()
    assert (offered.state, offered.answer_by, offered.remind_on) == ("enrolled", None, None)
    assert (event.kind, event.by, event.detail["by"]) == ("enrolled", None, "provider")
    assert group(offered).places_taken == 1
    assert "You have a place" in shown(page)


def test_declining_frees_the_place_and_a_later_visit_says_so(offered, page):
    answer(page, "decline", offered)

    offered.refresh_from_db()
    event = offered.enquiry.events.last()
    assert (offered.state, group(offered).places_taken) == ("withdrawn", 0)
    assert (event.kind, event.by, event.detail["by"]) == ("withdrawn", None, "provider")
    assert "The place was declined" in shown(page)


def test_the_officers_page_says_that_it_was_the_provider(offered, page, officer, browser_of):
    answer(page, "accept", offered)

    assert ", the provider</li>" in shown(offered.enquiry.get_absolute_url(), browser_of(officer))


@pytest.mark.parametrize("given", [{}, {"answer": "maybe"}, {"answer": ["accept"] * 3 + ["x"]}])
def test_without_an_answer_the_page_asks_for_one(offered, page, given):
    text = Client().post(page, {**given, "shown": offered.shown_as}).content.decode()

    assert "Select whether you want this place" in text
    offered.refresh_from_db()
    assert offered.state == "offered"


def test_an_answer_counts_once(offered, page):
    """CO9: whoever answers again, whatever they answer, learns what was answered."""
    answer(page, "accept", offered)

    for given in ("decline", "accept"):
        again = Client().post(page, {"answer": given, "shown": offered.shown_as})
        assert "You have a place" in again.content.decode()

    offered.refresh_from_db()
    assert offered.state == "enrolled"
    assert offered.enquiry.events.count() == 3


def test_an_answer_to_an_offer_that_has_changed_is_asked_for_again(offered, page, officer):
    other = IntakeFactory(programme=offered.programme, title="Summer group")
    before = offered.shown_as
    services.move(interest_id=offered.pk, officer=officer, intake_id=other.pk)

    text = Client().post(page, {"answer": "accept", "shown": before}).content.decode()

    assert "This offer changed after you opened the page" in text
    assert "Summer group" in text
    offered.refresh_from_db()
    assert offered.state == "offered"
    answer(page, "accept", offered)
    offered.refresh_from_db()
    assert (offered.state, offered.offered_intake) == ("enrolled", other)


def test_the_last_day_still_counts_and_the_day_after_says_what_now(offered, page):
    Interest.objects.update(answer_by=timezone.localdate(), remind_on=None)
    assert "Yes, I accept the place" in shown(page)

    Interest.objects.update(answer_by=in_days(-1))
    text = shown(page)
    assert "This offer has run out" in text
    assert "still on the waiting list" in text
    refused = answer(page, "accept", offered)
    assert "This offer has run out" in refused.content.decode()
    offered.refresh_from_db()
    assert offered.state == "offered"


@pytest.mark.parametrize("trait", ["closed", "waiting"])
def test_a_promise_holds_whatever_became_of_the_enquiry(offered, page, trait):
    """An offer on a closed enquiry, or one that waits for the provider, can still be answered."""
    other = EnquiryFactory(**{trait: True})
    Interest.objects.update(enquiry=other)

    answer(page, "accept", offered)

    offered.refresh_from_db()
    assert offered.state == "enrolled"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (services.put_on_waiting_list, "number 1 of 1"),
        (partial(services.correct_decision, explanation="Two got the same place."), "This offer is no longer open"),
        (services.enrol, "You have a place"),
    ],
)
def test_what_officers_decided_meanwhile_is_said(offered, page, officer, step, words):
    step(interest_id=offered.pk, officer=officer)

    assert words in shown(page)


@pytest.mark.parametrize(("days", "words"), [(91, "within the next 90 days"), (30, "begins on"), (31, "begins on")])
def test_an_offer_is_to_be_answered_before_its_group_begins_and_within_three_months(interest, officer, days, words):
    Intake.objects.filter(pk=group(interest).pk).update(starts_on=in_days(30), ends_on=None)

    with pytest.raises(TransitionNotAllowed, match=words):
        services.offer(interest_id=interest.pk, officer=officer, intake_id=group(interest).pk, answer_by=in_days(days))

    assert Interest.objects.get().state == "received"


def test_an_answer_of_the_provider_waits_for_an_officer(offered, page):
    answer(page, "accept", offered)

    assert list(Enquiry.objects.answered()) == [offered.enquiry]


def test_whoever_has_a_place_in_a_cancelled_group_is_told_so(offered, page):
    answer(page, "accept", offered)
    offered.programme.intakes.update(state="cancelled")

    assert "This group has been cancelled" in shown(page)


def test_a_place_in_a_group_that_was_cancelled_cannot_be_accepted(offered, page):
    offered.programme.intakes.update(state="cancelled")

    assert "This group has been cancelled" in shown(page)
    answer(page, "accept", offered)
    offered.refresh_from_db()
    assert offered.state == "offered"


def test_only_the_letter_leads_to_the_page(offered, page):
    """AP4: another number, another purpose, or a proof changed in one place is a page that is not there."""
    number, token = page.split("/")[2:4]
    other = InterestFactory()
    wrong = [
        f"/offers/{other.pk}/{token}/",
        f"/offers/{number}/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}/",
        f"/offers/{number}/x/",
        f"/offers/{'9' * 30}/{token}/",
        f"/offers/{number}/{letters_offers.token_for('answers', offered.pk)}/",
    ]

    for address in wrong:
        assert Client().get(address).status_code == 404, address
        assert Client().post(address, {"answer": "accept"}).status_code == 404, address


def test_the_page_is_in_no_cache_and_no_search_engine_and_tells_nothing_personal(offered, page):
    """HC7, AZ9."""
    found = Client().get(page)

    text = found.content.decode()
    assert "no-store" in found["Cache-Control"]
    assert "noindex" in text
    for canary in (offered.enquiry.organisation, "Erika", offered.enquiry.contact_email, offered.enquiry.postcode):
        assert canary not in text


def test_the_address_in_a_letter_needs_the_token_of_a_browser_to_answer(offered, page):
    """A post from another site changes nothing."""
    browser = Client(enforce_csrf_checks=True)

    assert browser.post(page, {"answer": "accept", "shown": offered.shown_as}).status_code == 403
