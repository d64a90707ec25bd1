"""Providers are asked for nothing that can wait while they send in the national return (N21)."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from enquiries import quiet, services
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Event, Interest, Message
from enquiries.services import questions
from tests.enquiries.letters import hidden, read, send, to_provider
from tests.factories import IntakeFactory, InterestFactory, ProgrammeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_days")]


def december(day, hour=9):
    return time_machine.travel(dt.datetime(2026, 12, day, hour, tzinfo=dt.UTC), tick=False)


def noted(kind, **detail):
    return [event.detail for event in Event.objects.filter(kind=kind, **detail)]


# --- The rule ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "later"), [(7, 7), (8, 15), (10, 15), (14, 15), (15, 15)], ids=["before", "first", "within", "last", "after"]
)
def test_what_is_due_on_a_quiet_day_comes_on_the_next_working_day_after_them(on, later):
    """The pack has the days (N21)."""
    assert quiet.next_day(dt.date(2026, 12, on), frozenset()) == dt.date(2026, 12, later)


def test_neither_a_weekend_nor_a_closure_day_is_the_next_working_day():
    """In November the 14th is a Saturday."""
    closed = {dt.date(2026, 11, 16)}

    assert quiet.next_day(dt.date(2026, 11, 10), closed) == dt.date(2026, 11, 17)


def test_a_council_without_quiet_days_puts_nothing_off(settings):
    settings.COUNCIL = settings.COUNCIL.model_copy(update={"quiet_days": None})

    assert quiet.next_day(dt.date(2026, 12, 10), frozenset()) == dt.date(2026, 12, 10)


def test_the_days_are_said_with_their_reason():
    assert quiet.why(dt.date(2026, 12, 10)) == (
        "from 8 to 14 December care providers send in the national Capacity Tracker return"
    )


# --- Reminders of offers -----------------------------------------------------------------------------------------


def offered(officer, on, days, **group):
    with december(on):
        intake = IntakeFactory(programme=ProgrammeFactory(answer_days=days), **group)
        interest = InterestFactory(in_hand=True, programme=intake.programme)
        return services.offer(interest_id=interest.pk, officer=officer, intake_id=intake.pk)


def days_reminded(until=18):
    """Look after places on each day; on which of them a reminder was written."""
    found = []
    for day in range(timezone.localdate().day if timezone.localdate().month == 12 else 1, until):
        before = Message.objects.filter(kind="reminder").count()
        with december(day):
            services.look_after_places()
            services.look_after_places()
        found += [day] * (Message.objects.filter(kind="reminder").count() - before)
    return found


def test_a_chaser_due_on_the_10th_goes_on_the_next_working_day_after_and_the_log_says_why(officer):
    """Put off, with the reason in the history (N21)."""
    interest = offered(officer, 3, days=10)  # to be answered by the 17th, so halfway is the 10th

    assert days_reminded() == [15, 16]
    assert noted("put_off") == [
        {"interest": interest.pk, "what": "reminder", "due_on": "2026-12-10", "until": "2026-12-15"}
    ]
    assert "send in a return" in Event.objects.get(kind="put_off").get_kind_display()


def test_a_chaser_that_would_come_too_late_is_urgent_and_the_log_says_so(officer):
    """The group begins on the 15th, so the offer is to be answered before (N21)."""
    interest = offered(officer, 4, days=5, starts_on=dt.date(2026, 12, 15))

    assert days_reminded() == [8, 10]
    assert interest.answer_by == dt.date(2026, 12, 11)
    urgent = noted("urgent")
    assert [(one["what"], one["due_on"]) for one in urgent] == [
        ("answer_by", "2026-12-11"),
        ("reminder", "2026-12-08"),
        ("reminder", "2026-12-10"),
    ]


# --- Until when an offer is to be answered -----------------------------------------------------------------------


def test_an_offer_is_not_to_be_answered_on_a_quiet_day_and_its_letter_says_why_there_is_more_time(officer):
    """No time is made longer without a word (N21)."""
    interest = offered(officer, 3, days=5)  # by the 10th, as it would be

    assert interest.answer_by == dt.date(2026, 12, 15)
    text = to_provider()[-1].text
    assert "Please answer by Tuesday 15 December 2026" in text
    assert "more time than usual: from 8 to 14 December care providers send in the national" in text
    assert noted("put_off") == [
        {"interest": interest.pk, "what": "answer_by", "due_on": "2026-12-10", "until": "2026-12-15"}
    ]
    assert days_reminded() == [15], "its reminder would be due on the 9th"


def test_where_the_group_begins_soon_the_letter_says_why_it_asks_all_the_same(officer):
    offered(officer, 3, days=5, starts_on=dt.date(2026, 12, 12))

    text = to_provider()[-1].text
    assert "Please answer by Thursday 10 December 2026" in text
    assert "We ask you all the same, because the group begins soon." in text


def test_an_offer_that_has_nothing_to_do_with_quiet_days_says_nothing_of_them(officer):
    offered(officer, 15, days=5)

    assert "Capacity Tracker" not in to_provider()[-1].text
    assert noted("put_off") == noted("urgent") == []


def test_an_officer_chooses_no_quiet_day_unless_the_group_begins_too_soon(officer):
    with december(3):
        interest = InterestFactory(in_hand=True)
        far = IntakeFactory(programme=interest.programme, starts_on=dt.date(2026, 12, 20))
        soon = IntakeFactory(programme=interest.programme, starts_on=dt.date(2026, 12, 15))
        asked = {"interest_id": interest.pk, "officer": officer, "answer_by": dt.date(2026, 12, 10)}
        with pytest.raises(TransitionNotAllowed, match="Choose 15 December 2026 or a later day: from 8 to 14 December"):
            services.offer(intake_id=far.pk, **asked)
        services.offer(intake_id=soon.pk, **asked)

    assert Interest.objects.get().answer_by == dt.date(2026, 12, 10)
    assert len(noted("urgent")) == 1


def test_an_offer_that_is_moved_gets_a_day_after_the_quiet_ones(officer):
    interest = offered(officer, 1, days=3)
    other = IntakeFactory(programme=interest.programme)

    with december(7):
        services.move(interest_id=interest.pk, officer=officer, intake_id=other.pk)

    interest.refresh_from_db()
    assert interest.answer_by == dt.date(2026, 12, 15)
    assert "more time than usual" in to_provider()[-1].text


# --- Questions ---------------------------------------------------------------------------------------------------


def ask(officer, answer_by, on=3, **how):
    with december(on):
        enquiry = InterestFactory(in_hand=True).enquiry
        return services.ask_provider(
            enquiry_id=enquiry.pk, officer=officer, text="How many?", answer_by=dt.date(2026, 12, answer_by), **how
        )


def questions_on(*days):
    """On which of these days a reminder was written."""
    found = []
    for day in days:
        before = len(to_provider())
        with december(day):
            questions.look_after()
            questions.look_after()
        found += [day] * (len(to_provider()) - before)
    return found


def test_a_reminder_of_a_question_due_on_the_14th_goes_on_the_15th_and_the_log_says_why(officer):
    """Be it the very last day to answer (N21)."""
    question = ask(officer, 15)

    assert questions_on(11, 12, 13, 14, 15) == [15]
    assert noted("put_off") == [
        {"question": question.pk, "what": "reminder", "due_on": "2026-12-14", "until": "2026-12-15"}
    ]
    assert "by Tuesday 15 December 2026" in read(to_provider()[-1]).get_content()


def test_no_answer_is_asked_for_on_a_quiet_day_unless_it_is_urgent(officer):
    """A deadline on such a day is refused, or said to be urgent in the history (N21)."""
    with pytest.raises(TransitionNotAllowed, match="say that it is urgent: from 8 to 14 December"):
        ask(officer, 10)
    question = ask(officer, 10, urgent=True)

    assert questions_on(8, 9, 10) == [9]
    assert [one["what"] for one in noted("urgent")] == ["answer_by", "reminder"]
    assert Event.objects.filter(kind="urgent", by=officer, detail__message=question.pk).count() == 1


def test_officers_are_offered_a_day_after_the_quiet_ones(officer, browser_of):
    with december(4):
        enquiry = InterestFactory(in_hand=True).enquiry
        page = browser_of(officer).get(f"/admin/enquiries/enquiry/{enquiry.pk}/ask/").content.decode()

    assert 'name="answer_by-day" type="text" value="15"' in page
    assert "It is urgent" not in page


def test_officers_who_choose_a_quiet_day_are_asked_whether_it_is_urgent(officer, browser_of):
    with december(4):
        enquiry = InterestFactory(in_hand=True).enquiry
        browser, address = browser_of(officer), f"/admin/enquiries/enquiry/{enquiry.pk}/ask/"
        typed = {"text": "How many?", "answer_by-day": "10", "answer_by-month": "12", "answer_by-year": "2026"}

        refused = browser.post(address, {**hidden(browser.get(address)), **typed})
        assert "Choose 15 December 2026 or a later day, or say that it is urgent" in refused.content.decode()
        assert "It is urgent: it cannot wait" in refused.content.decode()
        send(browser, address, {**hidden(refused), **typed, "urgent": "on"})

    assert Message.objects.get(kind="question").answer_by == dt.date(2026, 12, 10)
    assert len(noted("urgent")) == 1
