"""Letters that ask how it went. Each leads to a page; opening that answers nothing."""

from django.conf import settings
from django.urls import reverse

from enquiries.letters import Letter
from enquiries.letters_funding import claim_by
from enquiries.letters_offers import about
from enquiries.links import token_for
from enquiries.models import OutcomeAnswer
from enquiries.onward import suitable_after


def question(outcome: OutcomeAnswer) -> Letter:
    """The first one, at the end, also says where national funding may be claimed."""
    return _letter(outcome, outcome.heading, is_reminder=False)


def reminder(outcome: OutcomeAnswer) -> Letter:
    return _letter(outcome, f"Reminder: {outcome.heading}", is_reminder=True)


def purpose(outcome: OutcomeAnswer) -> str:
    """What its link is good for. A restored database may give its number again: then it opens nothing else."""
    return f"outcomes.{outcome.interest_id}.{outcome.time}"


def outcome_page(outcome: OutcomeAnswer) -> str:
    """The path of the page on which it is answered."""
    return reverse("enquiries:outcome", args=[outcome.pk, token_for(purpose(outcome), outcome.pk)])


def outcome_address(outcome: OutcomeAnswer) -> str:
    return settings.BASE_URL + outcome_page(outcome)


def _letter(outcome: OutcomeAnswer, subject: str, *, is_reminder: bool) -> Letter:
    context = {
        "outcome": outcome,
        "is_reminder": is_reminder,
        "address": outcome_address(outcome),
        "claim_by": claim_by(outcome.interest),
        "onward": suitable_after(outcome.interest.enquiry) if outcome.is_at_end and not is_reminder else [],
        "base_url": settings.BASE_URL,
    }
    return about(outcome.interest, "outcome", subject, **context)
