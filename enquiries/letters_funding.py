"""The letter that reminds of national funding before it is too late."""

from django.conf import settings
from django.template.loader import render_to_string

from enquiries.letters import Letter, first_name
from enquiries.letters_outcomes import funding
from enquiries.models import Interest, OutgoingMail


def claim_soon(interest: Interest) -> Letter:
    enquiry = interest.enquiry
    context = {
        **funding(interest),
        "interest": interest,
        "enquiry": enquiry,
        "first_name": first_name(enquiry.contact_name),
        "council": settings.COUNCIL,
    }
    text = render_to_string("enquiries/mail/claim_soon.txt", context)
    subject = f"National funding: claim soon ({enquiry.reference})"
    return Letter(OutgoingMail.Kind.MESSAGE, enquiry.contact_email, subject, about=enquiry, text=text)
