"""Letters about places: an offer, its end, a reminder, another group. Their text is frozen when they are written.

They say nothing that the applicant typed but a clean first name, so that a letter gone astray tells nobody anything.
"""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from enquiries.letters import Letter, first_name, follow_url
from enquiries.links import token_for
from enquiries.models import Event, Interest, OutgoingMail
from enquiries.quiet import last_before, why

OFFERS = "offers"


def offer(interest: Interest, *, quiet: Event.Kind | None = None) -> Letter:
    """`quiet`: whether the quiet days gave more time, or could not. The provider is told why."""
    return about(interest, "offer", "We offer you a place", about_quiet_days=_about_quiet_days(interest, quiet))


def reminder(interest: Interest) -> Letter:
    return about(interest, "offer_reminder", "A place is waiting for your answer")


def run_out(interest: Interest) -> Letter:
    return about(interest, "offer_run_out", "Our offer of a place has run out")


def moved(interest: Interest, *, quiet: Event.Kind | None = None) -> Letter:
    subject = "Your place is in another group now"
    return about(interest, "moved", subject, about_quiet_days=_about_quiet_days(interest, quiet))


def offer_page(interest: Interest) -> str:
    """The path of the page on which an offer is answered; the same for all letters about one programme."""
    return reverse("enquiries:offer", args=[interest.pk, token_for(OFFERS, interest.pk)])


def offer_address(interest: Interest) -> str:
    """Where whoever has the letter answers."""
    return settings.BASE_URL + offer_page(interest)


def calendar_page(interest: Interest) -> str:
    """The path of the calendar file of an accepted place. Empty where no day is known."""
    address = [interest.pk, token_for(OFFERS, interest.pk)]
    return reverse("enquiries:offer-calendar", args=address) if interest.begins_on else ""


def about(interest: Interest, template: str, subject: str, **more: Any) -> Letter:
    """A letter about somebody's place, in the words of a template. Its subject names nothing but the reference."""
    enquiry = interest.enquiry
    text = render_to_string(f"enquiries/mail/{template}.txt", {**_context(interest), **more})
    subject = f"{subject} ({enquiry.reference})"
    return Letter(OutgoingMail.Kind.MESSAGE, enquiry.contact.email, subject, about=enquiry, text=text)


def _about_quiet_days(interest: Interest, quiet: Event.Kind | None) -> str:
    """Nobody's time is made longer, or asked for on such a day, without a word."""
    if quiet == Event.Kind.URGENT and interest.answer_by:
        return f"We know that {why(interest.answer_by)}. We ask you all the same, because the group begins soon."
    if quiet == Event.Kind.PUT_OFF and interest.answer_by:
        before = last_before(interest.answer_by)
        return f"You have more time than usual: {why(before)}, so we ask for no answer on those days."
    return ""


def _context(interest: Interest) -> dict[str, Any]:
    return {
        "interest": interest,
        "programme": interest.programme,
        "group": interest.offered_intake,
        "enquiry": interest.enquiry,
        "first_name": first_name(interest.enquiry.contact.name),
        "address": offer_address(interest),
        "follow_url": follow_url(),
        "council": settings.COUNCIL,
    }
