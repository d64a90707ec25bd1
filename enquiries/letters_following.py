"""Letters about what a provider did on the page of its application."""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.dateformat import format as formatted

from careportal.kit.cleaning import one_line
from enquiries.letters import Letter, first_name
from enquiries.models import Enquiry, Interest, OutgoingMail
from enquiries.models.contact import CODE_MINUTES


def address_code(enquiry: Enquiry, address: str, code: str) -> Letter:
    """To an address that somebody typed: it holds nothing else that was typed."""
    context = {"code": code, "minutes": CODE_MINUTES, "reference": enquiry.reference, "council": settings.COUNCIL}
    text = render_to_string("enquiries/mail/address_code.txt", context)
    return Letter(OutgoingMail.Kind.ACCOUNT, address, f"Your code for {settings.COUNCIL.service_name}", text=text)


def told_to_old_address(enquiry: Enquiry, name: str, address: str, number: int, *, told: str = "") -> Letter:
    """It does not say what the new address is: that is nobody's business who reads the old one.

    `told` says how an officer was told, where it was not changed on the pages to follow it.
    """
    who = {"first_name": first_name(name), "told": told}
    context = {**who, "reference": enquiry.reference, "council": settings.COUNCIL}
    text = render_to_string("enquiries/mail/contact_changed.txt", context)
    subject = f"Your contact details have changed ({enquiry.reference})"
    return Letter(OutgoingMail.Kind.MESSAGE, address, subject, about=enquiry, text=text, number=number)


def withdrawn(interests: list[Interest], undo_until: dt.date) -> str:
    return (
        f"You have withdrawn your application for:\n\n{_listed(interests)}\n\n"
        f"Was this a mistake? You can undo it on the page of your application until the end of "
        f"{formatted(undo_until, 'l j F Y')}.\n\n"
        "After that day you can apply again. If you did not do this, call us at once."
    )


def undone(interests: list[Interest]) -> str:
    lost = [one for one in interests if one.state == Interest.State.WAITING_LIST]
    waits = f"\n\nYou are on the waiting list for:\n\n{_listed(lost)}" if lost else ""
    return f"Your withdrawal is undone. Your application goes on for:\n\n{_listed(interests)}{waits}"


def _listed(interests: list[Interest]) -> str:
    return "\n".join(f"- {one_line(interest.name_in_letters)}" for interest in interests)
