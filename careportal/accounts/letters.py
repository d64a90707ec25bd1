"""Mails about accounts that are not written by the sign-in itself. Plain text, no personal data but the address."""

import datetime as dt

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone

from careportal.accounts.invited import GOOD_FOR
from careportal.accounts.models import User


class Lasting(EmailMessage):
    """A mail that is still of use after the ten minutes of a sign-in code, or (None) not longer than one."""

    good_until: dt.datetime | None = None


def second_factor_was_reset(user: User) -> EmailMessage:
    """Tells the owner, who may not have asked for it."""
    return _letter(to=user.email, subject="Your second factor has been reset", template="second_factor_was_reset")


def address_changed(old_address: str) -> EmailMessage:
    """Tells the address that an account no longer uses."""
    return _letter(to=old_address, subject="Your account now uses another email address", template="address_changed")


def account_closed(old_address: str) -> Lasting:
    """Tells an address that its account is closed, just before the address goes from it."""
    return lasting(old_address, "Your account is closed", "accounts/mail/account_closed.txt")


def _letter(*, to: str, subject: str, template: str) -> EmailMessage:
    context = {"council": settings.COUNCIL, "base_url": settings.BASE_URL}
    body = render_to_string(f"accounts/mail/{template}.txt", context)
    return EmailMessage(subject=f"{settings.COUNCIL.service_name}: {subject}", body=body.strip() + "\n", to=[to])


def lasting(to: str, subject: str, template: str, **context: object) -> Lasting:
    """A mail about the accounts of organisations. It leaves through the outbox as mails of the sign-in do: officers
    cannot read it, and its text is forgotten when it has gone. It is kept trying for as long as an invitation is good.
    """
    whole = {"council": settings.COUNCIL, "base_url": settings.BASE_URL, **context}
    body = render_to_string(template, whole)
    message = Lasting(subject=f"{settings.COUNCIL.service_name}: {subject}", body=body.strip() + "\n", to=[to])
    message.good_until = timezone.now() + GOOD_FOR
    return message
