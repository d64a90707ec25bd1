"""The letter that tells a partner of a referral."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from enquiries.letters import Letter
from enquiries.models import Interest, OutgoingMail
from programmes.models import Partner


def referral(interest: Interest, partner: Partner) -> Letter:
    """Holds no personal data: the reference, and the page that shows the rest to those who may see it."""
    enquiry = interest.enquiry
    address = settings.BASE_URL + reverse("enquiries:partner-referral", args=[interest.pk])
    context = {"interest": interest, "enquiry": enquiry, "address": address, "council": settings.COUNCIL}
    text = render_to_string("enquiries/mail/referral.txt", context)
    subject = f"A new referral ({enquiry.reference})"
    return Letter(OutgoingMail.Kind.REFERRAL, partner.email, subject, about=enquiry, text=text)
