"""The letter to whoever asked for support by email."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from enquiries.letters import Letter, first_name, follow_url
from enquiries.links import complete_address
from enquiries.models import Enquiry, OutgoingMail


def acknowledgement(enquiry: Enquiry) -> Letter:
    """Its reference and how to fill in the rest. Repeats nothing that was written but a clean first name (MO4)."""
    context = {
        "enquiry": enquiry,
        "council": settings.COUNCIL,
        "first_name": first_name(enquiry.contact.name),
        "complete_url": complete_address(),
        "follow_url": follow_url(),
        "privacy_url": settings.BASE_URL + reverse("privacy"),
    }
    text = render_to_string("enquiries/mail/email_acknowledgement.txt", context)
    subject = f"We have your email ({enquiry.reference})"
    return Letter(OutgoingMail.Kind.ACKNOWLEDGEMENT, enquiry.contact.email, subject, about=enquiry, text=text)
