"""Questions that nobody answers: one reminder, then an officer has the enquiry again (J-O8)."""

import datetime as dt

import pytest
import time_machine

from enquiries import jobs, services
from enquiries.models import Enquiry, Message
from enquiries.services import questions
from tests.enquiries.letters import read, to_provider
from tests.enquiries.test_letters import NASTY
from tests.factories import InterestFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
NEXT_MONDAY = dt.date(2026, 11, 30)


def look_on(day, hour=9):
    with time_machine.travel(dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC), tick=False):
        questions.look_after()


@pytest.fixture
def question(officer):
    """Asked on a Monday, to be answered by the next one: the working day before is the Friday."""
    with time_machine.travel(MONDAY, tick=False):
        enquiry = InterestFactory(in_hand=True, enquiry__decision_due_on=dt.date(2026, 12, 21)).enquiry
        return services.ask_provider(
            enquiry_id=enquiry.pk, officer=officer, text="How many people would come?", answer_by=NEXT_MONDAY
        )


def kinds(question):
    return [event.kind for event in question.enquiry.events.order_by("pk")]


def test_the_provider_is_reminded_once_on_the_working_day_before(question, settings):
    look_on(26)
    assert len(to_provider()) == 1
    for day in (27, 28, 29):
        look_on(day)

    (_, mail) = to_provider()
    text = read(mail).get_content()
    for words in ("have not heard from you yet", "How many people would come?", "by Monday 30 November 2026"):
        assert words in text
    asked = to_provider()[0].text
    address = next(line for line in asked.splitlines() if "/answers/" in line)
    assert address in text
    assert (kinds(question)[-1], question.enquiry.events.last().by) == ("reminded", None)
    assert Message.objects.get(kind="reminder").by is None


def test_after_its_day_an_officer_has_the_enquiry_again_and_the_clocks_go_on(question):
    look_on(30)
    assert Enquiry.objects.get().state == "waiting"

    with time_machine.travel(dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC), tick=False):
        questions.look_after()
        questions.look_after()

    enquiry = Enquiry.objects.get()
    assert (enquiry.state, enquiry.paused_on, enquiry.decision_due_on) == ("in_triage", None, dt.date(2026, 12, 31))
    assert kinds(question).count("resumed") == 1
    services.receive_answer(question_id=question.pk, text="Late, but four.")
    assert list(Enquiry.objects.answered()) == [enquiry]


def test_nobody_is_reminded_in_the_night(question):
    look_on(27, hour=6)

    assert len(to_provider()) == 1


def test_what_was_asked_today_needs_no_reminder_yet(officer):
    with time_machine.travel(MONDAY, tick=False):
        enquiry = InterestFactory(in_hand=True).enquiry
        services.ask_provider(enquiry_id=enquiry.pk, officer=officer, text="Today?", answer_by=dt.date(2026, 11, 24))
        questions.look_after()

    assert len(to_provider()) == 1


def test_who_has_answered_is_left_in_peace(question):
    with time_machine.travel(MONDAY, tick=False):
        services.receive_answer(question_id=question.pk, text="Four.")

    look_on(27)

    assert len(to_provider()) == 1


def test_a_question_of_long_ago_does_not_end_a_later_wait(question, officer):
    """An officer took it back, and waits for the provider again for another reason."""
    with time_machine.travel(MONDAY + dt.timedelta(days=9), tick=False):
        services.resume_triage(enquiry_id=question.enquiry_id, officer=officer)
        services.wait_for_provider(enquiry_id=question.enquiry_id, officer=officer)
        questions.look_after()

    assert Enquiry.objects.get().state == "waiting"


def test_a_closed_enquiry_is_reminded_of_nothing(question, officer):
    with time_machine.travel(MONDAY, tick=False):
        services.close(enquiry_id=question.enquiry_id, officer=officer)

    look_on(27)
    with time_machine.travel(dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC), tick=False):
        questions.look_after()

    assert len(to_provider()) == 1
    assert Enquiry.objects.get().state == "closed"


@pytest.mark.parametrize("text", NASTY)
def test_a_reminder_carries_no_forged_header(officer, text):
    """MO2."""
    with time_machine.travel(MONDAY, tick=False):
        enquiry = InterestFactory(in_hand=True, enquiry__contact_name=text[:120]).enquiry
        services.ask_provider(enquiry_id=enquiry.pk, officer=officer, text=text, answer_by=NEXT_MONDAY)
    look_on(27)

    letter = read(to_provider()[-1])
    assert letter["Bcc"] is letter["Cc"] is None
    assert len(to_provider()) == 2


def test_the_job_is_among_those_that_come_again():
    """AV15."""
    assert questions.look_after in [job.run for job in jobs.all_jobs()]
