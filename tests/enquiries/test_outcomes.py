"""How it went: asked at the end, after three and after six months, each once, with one reminder (J-P8)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from enquiries import jobs, services
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Enquiry, Event, Interest, Message, OutcomeAnswer
from enquiries.services import claims, outcomes, starts
from enquiries.services.outcomes import look_after_outcomes
from programmes.models import Intake
from tests.enquiries.letters import to_provider
from tests.enquiries.programmes_over import asked, days_written, enrolled, on
from tests.factories import InterestFactory

pytestmark = pytest.mark.django_db

FRIDAY = dt.date(2026, 5, 29)
MONDAY = dt.date(2026, 6, 1)
AUTUMN = dt.date(2026, 9, 1)  # three months after
DAY = dt.timedelta(days=1)


@pytest.fixture
def over():
    """A place in a group that ended on a Friday."""
    return enrolled(ends_on=FRIDAY)


def ask(interest=None):
    """The question at the end, as the portal asks it on the Monday after."""
    with on(MONDAY):
        look_after_outcomes()
    return OutcomeAnswer.objects.get()


# --- When ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quiet_days")
def test_it_is_asked_at_the_end_after_three_and_after_six_months_with_one_reminder_each(over):
    june, september, november = MONDAY, dt.date(2026, 9, 1), dt.date(2026, 11, 28)
    spans = [(day - 4 * DAY, day + 20 * DAY) for day in (june, september, november)]

    written = days_written(look_after_outcomes, *spans)

    assert list(OutcomeAnswer.objects.values_list("time", flat=True)) == ["end", "three_months", "six_months"]
    assert written == [
        *(MONDAY, dt.date(2026, 6, 15)),
        *(dt.date(2026, 9, 1), dt.date(2026, 9, 15)),
        *(dt.date(2026, 11, 30), dt.date(2026, 12, 15)),
    ]


@pytest.mark.usefixtures("quiet_days")
def test_what_is_due_in_the_days_of_the_national_return_waits_and_the_history_says_why():
    """N21: the group ends on Tuesday the 9th; the question comes on Monday the 15th."""
    enrolled(ends_on=dt.date(2026, 6, 9))

    assert days_written(look_after_outcomes, (dt.date(2026, 6, 8), dt.date(2026, 6, 16))) == [dt.date(2026, 6, 15)]
    assert Event.objects.get(kind="outcome_asked").detail["held_back"] == "national_return"


def test_what_was_completed_before_the_end_of_its_group_is_over_on_that_day(officer):
    interest = enrolled(ends_on=dt.date(2026, 12, 18))
    with on(FRIDAY):
        services.complete(interest_id=interest.pk, officer=officer)

    interest.refresh_from_db()
    assert interest.ended_on == FRIDAY
    assert days_written(look_after_outcomes, (FRIDAY, MONDAY)) == [MONDAY]


def test_what_is_marked_as_completed_late_was_over_when_its_group_ended(over, officer):
    with on(dt.date(2026, 7, 20)):
        services.complete(interest_id=over.pk, officer=officer)

    over.refresh_from_db()
    assert over.ended_on == FRIDAY


def test_a_completion_that_is_taken_back_has_no_end(officer):
    interest = enrolled()
    services.complete(interest_id=interest.pk, officer=officer)
    services.reopen_interest(interest_id=interest.pk, officer=officer)

    interest.refresh_from_db()
    assert interest.ended_on is None
    assert days_written(look_after_outcomes, (timezone.localdate(), timezone.localdate() + 30 * DAY)) == []


def test_what_ended_long_ago_is_not_asked_about_out_of_the_blue(over):
    assert days_written(look_after_outcomes, (dt.date(2026, 7, 1), dt.date(2026, 7, 31))) == []


@pytest.mark.parametrize("state", ["withdrawn", "received", "offered", "waiting_list"])
def test_nobody_is_asked_who_did_not_take_part(over, state):
    waits = {"waiting_since": timezone.now()} if state == "waiting_list" else {}
    Interest.objects.update(state=state, offered_intake=over.offered_intake if state == "offered" else None, **waits)

    assert days_written(look_after_outcomes, (MONDAY, MONDAY)) == []


def test_nobody_is_asked_about_a_group_that_was_cancelled(over):
    Intake.objects.update(state="cancelled")

    assert days_written(look_after_outcomes, (MONDAY, MONDAY)) == []


def test_a_closed_enquiry_is_asked_all_the_same(over):
    Enquiry.objects.update(state="closed")

    assert days_written(look_after_outcomes, (MONDAY, MONDAY)) == [MONDAY]


# --- The letters ---------------------------------------------------------------------------------------------------


def test_the_letter_leads_to_a_page_and_officers_read_it_without_the_way_to_answer(over):
    outcome = ask()

    (mail,) = to_provider()
    message = Message.objects.get()
    assert "Dear Erika" in mail.text
    assert "Rota planning is over" in mail.text
    assert f"/outcomes/{outcome.pk}/" in mail.text
    assert "/outcomes/" not in message.text
    assert (message.kind, message.interest, message.mail) == ("outcome", over, mail)
    assert mail.subject == f"How did it go? ({over.enquiry.reference})"
    told = {"interest": over.pk, "outcome": outcome.pk, "time": "end", "message": message.pk}
    assert Event.objects.get(kind="outcome_asked").detail == told


def test_nothing_is_said_of_funding_where_none_is_known(over):
    ask()

    assert "claim" not in to_provider()[0].text.lower()


# --- The answer ----------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_once_and_nobody_is_reminded(over):
    outcome = ask()
    services.answer_outcome(outcome_id=outcome.pk, took_part="whole", change="much", words="Fewer gaps.")

    outcome.refresh_from_db()
    assert (outcome.took_part, outcome.change, outcome.words) == ("whole", "much", "Fewer gaps.")
    assert outcome.answered_at
    assert days_written(look_after_outcomes, (MONDAY, MONDAY + 30 * DAY)) == []
    with pytest.raises(TransitionNotAllowed, match="already"):
        services.answer_outcome(outcome_id=outcome.pk, took_part="none")
    outcome.refresh_from_db()
    assert outcome.took_part == "whole"


def test_the_history_says_that_the_provider_answered_and_not_what(over):
    """N19: it is logged as the provider's act."""
    outcome = ask()
    services.answer_outcome(outcome_id=outcome.pk, took_part="some", words="Canary")

    event = Event.objects.get(kind="outcome_given")
    assert event.by is None
    assert event.detail == {"interest": over.pk, "outcome": outcome.pk, "time": "end", "by": "provider"}


def test_the_first_question_must_be_answered(over):
    outcome = ask()

    with pytest.raises(TransitionNotAllowed, match="first question"):
        services.answer_outcome(outcome_id=outcome.pk, took_part="", change="much")


def test_after_months_it_is_asked_who_is_still_there_and_who_left_early(over):
    """Fact 9: the first months in a job are the crunch point."""
    outcome = asked(over, "three_months")
    services.answer_outcome(outcome_id=outcome.pk, still_there="some", early_leavers="none")

    outcome.refresh_from_db()
    assert (outcome.still_there, outcome.early_leavers) == ("some", "none")


def test_who_did_not_take_part_is_asked_nothing_more(over):
    services.answer_outcome(outcome_id=ask().pk, took_part="none")

    assert days_written(look_after_outcomes, (AUTUMN, AUTUMN + 2 * DAY)) == []


@pytest.mark.parametrize("answered", [True, False])
def test_who_wants_no_more_questions_gets_none_and_no_reminder(over, answered):
    outcome = ask()
    if answered:
        services.answer_outcome(outcome_id=outcome.pk, took_part="whole")
    for _ in range(2):
        services.stop_asking(outcome_id=outcome.pk)

    assert days_written(look_after_outcomes, (MONDAY, MONDAY + 20 * DAY), (AUTUMN, AUTUMN + 2 * DAY)) == []
    assert Event.objects.filter(kind="outcome_stopped").count() == 1
    if not answered:
        with pytest.raises(TransitionNotAllowed):
            services.answer_outcome(outcome_id=outcome.pk, took_part="whole")


def test_a_place_that_was_taken_back_is_neither_answered_for_nor_reminded_of(over):
    outcome = ask()
    Interest.objects.update(state="received", offered_intake=None)

    assert days_written(look_after_outcomes, (MONDAY, MONDAY + 30 * DAY)) == []
    with pytest.raises(TransitionNotAllowed):
        services.answer_outcome(outcome_id=outcome.pk, took_part="whole")


# --- Rules of the database -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"time": "later"},
        {"time": "end", "took_part": "whole"},
        {"time": "end", "answered_at": timezone.now()},
        {"time": "end", "answered_at": timezone.now(), "took_part": "whole", "still_there": "all"},
        {"time": "six_months", "answered_at": timezone.now(), "took_part": "whole"},
        {"time": "end", "stopped_at": timezone.now(), "remind_on": MONDAY},
    ],
    ids=[
        "unknown time",
        "unanswered answer",
        "answer of nothing",
        "asked later",
        "asked before",
        "reminder after stop",
    ],
)
def test_the_database_refuses_an_outcome_that_cannot_be(broken):
    """DI3."""
    with pytest.raises(IntegrityError), transaction.atomic():
        asked(InterestFactory(), **broken)


def test_the_database_keeps_each_question_once():
    """DI3."""
    interest = InterestFactory()
    asked(interest)
    with pytest.raises(IntegrityError), transaction.atomic():
        asked(interest)


def test_the_database_refuses_an_end_of_what_is_not_completed():
    """DI3."""
    with pytest.raises(IntegrityError), transaction.atomic():
        InterestFactory(ended_on=MONDAY)


def test_beginnings_outcomes_and_funding_are_jobs_of_the_portal():
    done = [job.run for job in jobs.all_jobs()]

    assert {starts.look_after_starts, outcomes.look_after_outcomes, claims.look_after_claims} < set(done)
