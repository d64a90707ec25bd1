"""The letter that reminds of a beginning."""

from django.conf import settings
from django.template.loader import render_to_string

from enquiries.letters import Letter, first_name
from enquiries.letters_offers import offer_address
from enquiries.models import Interest, OutgoingMail


def starts_soon(interest: Interest) -> Letter:
    """Says when and where, and leads to the page with the calendar file."""
    enquiry = interest.enquiry
    context = {
        "interest": interest,
        "programme": interest.programme,
        "group": interest.offered_intake,
        "enquiry": enquiry,
        "first_name": first_name(enquiry.contact_name),
        "address": offer_address(interest),
        "council": settings.COUNCIL,
    }
    text = render_to_string("enquiries/mail/starts_soon.txt", context)
    subject = f"Your programme starts soon ({enquiry.reference})"
    return Letter(OutgoingMail.Kind.MESSAGE, enquiry.contact_email, subject, about=enquiry, text=text)
