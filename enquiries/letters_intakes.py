"""The letter about a group that has changed. It leads to a page; opening that answers nothing."""

from django.conf import settings
from django.urls import reverse

from enquiries.letters import Letter
from enquiries.letters_offers import about
from enquiries.links import token_for
from enquiries.models import IntakeAnswer

SUBJECTS = {"cancelled": "A group is cancelled", "paused": "A group is paused", "resumed": "A group goes on"}


def changed(told: IntakeAnswer) -> Letter:
    subject = next((SUBJECTS[code] for code in told.what if code in SUBJECTS), "A group has changed")
    return about(told.interest, "intake_changed", subject, told=told, group=told.intake, address=intake_address(told))


def purpose(told: IntakeAnswer) -> str:
    """What its link is good for. A restored database may give its number again: then it opens nothing else."""
    return f"intakes.{told.interest_id}.{told.intake_id}"


def intake_page(told: IntakeAnswer) -> str:
    """The path of the page on which it is answered."""
    return reverse("enquiries:intake-answer", args=[told.pk, token_for(purpose(told), told.pk)])


def intake_address(told: IntakeAnswer) -> str:
    return settings.BASE_URL + intake_page(told)
