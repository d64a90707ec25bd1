"""Mails about accounts that are not written by the sign-in itself. Plain text, no personal data but the address."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from careportal.accounts.models import User


def second_factor_was_reset(user: User) -> EmailMessage:
    """Tells the owner, who may not have asked for it."""
    return _letter(to=user.email, subject="Your second factor has been reset", template="second_factor_was_reset")


def address_changed(old_address: str) -> EmailMessage:
    """Tells the address that an account no longer uses."""
    return _letter(to=old_address, subject="Your account now uses another email address", template="address_changed")


def _letter(*, to: str, subject: str, template: str) -> EmailMessage:
    context = {"council": settings.COUNCIL, "base_url": settings.BASE_URL}
    body = render_to_string(f"accounts/mail/{template}.txt", context)
    return EmailMessage(subject=f"{settings.COUNCIL.service_name}: {subject}", body=body.strip() + "\n", to=[to])
