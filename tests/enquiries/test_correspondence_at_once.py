"""An answer, a letter, a decision and a closing at one moment: one consistent end, and all that happened is told."""

import pytest
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import services
from enquiries.models import Enquiry, Message
from enquiries.services import correspondence
from tests.enquiries.letters import to_provider
from tests.enquiries.test_interests_at_once import at_once
from tests.factories import InterestFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officers():
    return [UserFactory(officer=True) for _ in range(2)]


@pytest.fixture
def question(officers):
    enquiry = InterestFactory(in_hand=True).enquiry
    return services.ask_provider(
        enquiry_id=enquiry.pk,
        officer=officers[0],
        text="How many?",
        answer_by=add_working_days(timezone.localdate(), 5),
    )


def names(results):
    return sorted(type(result).__name__ for result in results)


def kinds(enquiry):
    return list(enquiry.events.order_by("pk").values_list("kind", flat=True))


def test_an_answer_against_closing_has_one_end(question, officers):
    """CO5: either it was kept and is in the story of the closed enquiry, or whoever answered is told."""
    results = at_once(
        lambda: services.receive_answer(question_id=question.pk, text="Four."),
        lambda: services.close(enquiry_id=question.enquiry_id, officer=officers[1]),
    )

    enquiry = Enquiry.objects.get()
    kept = Message.objects.filter(kind="answer").exists()
    assert names(results) == (["Enquiry", "Message"] if kept else ["Enquiry", "TransitionNotAllowed"])
    assert (enquiry.state, enquiry.paused_on, enquiry.answered_at) == ("closed", None, None)
    assert ("answered" in kinds(enquiry)) == kept
    assert kinds(enquiry)[-1] == "closed"


def test_an_answer_against_a_decision_loses_neither(question, officers):
    """CO5: an officer who decided before the answer came has it to read."""
    services.resume_triage(enquiry_id=question.enquiry_id, officer=officers[0])
    interest = question.enquiry.interests.get()
    decision = {"reason": "no_money", "onward_options": "Ask again in May."}

    results = at_once(
        lambda: services.receive_answer(question_id=question.pk, text="Four."),
        lambda: services.decline(interest_id=interest.pk, officer=officers[1], **decision),
    )

    enquiry = Enquiry.objects.get()
    assert names(results) == ["Interest", "Message"]
    assert {"answered", "declined"} <= set(kinds(enquiry))
    assert (enquiry.answered_at is not None) == (kinds(enquiry)[-1] == "answered")
    assert len(to_provider()) == 2


def test_ten_answers_at_once_are_one(question):
    """CO3: a double click, or a letter that was passed on."""
    answers = [lambda n=n: services.receive_answer(question_id=question.pk, text=f"Answer {n}.") for n in range(10)]

    results = at_once(*answers)

    assert names(results) == ["AnsweredAlready"] * 9 + ["Message"]
    assert Message.objects.filter(kind="answer").count() == 1
    assert kinds(question.enquiry).count("answered") == 1


def test_two_officers_who_write_at_once_send_one_letter_and_one_is_told(officers):
    """CO1, CO2."""
    enquiry = InterestFactory(in_hand=True).enquiry
    shown = correspondence.shown_as(enquiry)

    def write(officer):
        return lambda: services.write_to_provider(enquiry_id=enquiry.pk, officer=officer, text="Hello.", shown=shown)

    results = at_once(*map(write, officers))

    assert names(results) == ["ChangedMeanwhile", "Message"]
    assert len(to_provider()) == 1


def test_letters_written_at_once_without_a_page_have_numbers_of_their_own(officers):
    """DI3: none is lost to the rule that no two mails are the same."""
    enquiry = InterestFactory(in_hand=True).enquiry

    def write(officer):
        return lambda: services.write_to_provider(enquiry_id=enquiry.pk, officer=officer, text="Hello.")

    at_once(*map(write, officers * 3))

    assert [mail.number for mail in to_provider()] == [1, 2, 3, 4, 5, 6]
