"""Letters that ask how it went. Each leads to a page; opening that answers nothing."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from enquiries.letters import Letter, first_name
from enquiries.links import token_for
from enquiries.models import Interest, OutcomeAnswer, OutgoingMail


def question(outcome: OutcomeAnswer) -> Letter:
    """The first one, at the end, also says where national funding may be claimed."""
    return _letter(outcome, f"{outcome.heading} ({outcome.interest.enquiry.reference})", is_reminder=False)


def reminder(outcome: OutcomeAnswer) -> Letter:
    return _letter(outcome, f"Reminder: {outcome.heading} ({outcome.interest.enquiry.reference})", is_reminder=True)


def purpose(outcome: OutcomeAnswer) -> str:
    """What its link is good for. A restored database may give its number again: then it opens nothing else."""
    return f"outcomes.{outcome.interest_id}.{outcome.time}"


def outcome_page(outcome: OutcomeAnswer) -> str:
    """The path of the page on which it is answered."""
    return reverse("enquiries:outcome", args=[outcome.pk, token_for(purpose(outcome), outcome.pk)])


def outcome_address(outcome: OutcomeAnswer) -> str:
    return settings.BASE_URL + outcome_page(outcome)


def funding(interest: Interest) -> dict[str, Any]:
    """What a letter or page tells of national funding."""
    over_on = interest.over_on
    return {"programme": interest.programme, "claim_by": interest.programme.claim_by(over_on) if over_on else None}


def _letter(outcome: OutcomeAnswer, subject: str, *, is_reminder: bool) -> Letter:
    interest, enquiry = outcome.interest, outcome.interest.enquiry
    context = {
        **funding(interest),
        "outcome": outcome,
        "interest": interest,
        "enquiry": enquiry,
        "is_reminder": is_reminder,
        "first_name": first_name(enquiry.contact_name),
        "address": outcome_address(outcome),
        "council": settings.COUNCIL,
    }
    text = render_to_string("enquiries/mail/outcome.txt", context)
    return Letter(OutgoingMail.Kind.MESSAGE, enquiry.contact_email, subject, about=enquiry, text=text)
