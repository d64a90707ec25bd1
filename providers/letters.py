"""Mails about the accounts of organisations. They name no organisation and no person: what people typed stays out.

They leave through the outbox as mails of the sign-in do: officers cannot read them, and their text is forgotten when
they have gone.
"""

from django.conf import settings
from django.urls import reverse

from careportal.accounts.letters import Lasting, lasting
from providers.models import MailboxCode


def invitation(to: str, token: str) -> Lasting:
    address = settings.BASE_URL + reverse("providers:invitation", args=[token])
    return _letter(to, "You are invited to join an organisation", "invitation", address=address)


def removed(to: str) -> Lasting:
    return _letter(to, "You no longer act for an organisation", "removed")


def mailbox_code(to: str, code: str, purpose: str) -> Lasting:
    """A code. Of use for as long as it is good, so it is not kept trying."""
    is_handover = purpose == MailboxCode.Purpose.HANDOVER
    subject = "A code to take over an account" if is_handover else "A code to confirm this address"
    message = _letter(to, subject, "mailbox_code", code=code, is_handover=is_handover)
    message.good_until = None
    return message


def handover_asked(to: str) -> Lasting:
    return _letter(to, "Somebody asks to take over your organisation", "handover_asked")


def handover_waits(handover_id: int) -> Lasting:
    """Tells the council's team that somebody waits for a decision; the rest stands on the page."""
    address = settings.BASE_URL + reverse("admin:providers_handover_change", args=[handover_id])
    subject = "Somebody asks to take over an organisation"
    return _letter(settings.BUSINESS_FORUM_INBOX, subject, "handover_waits", address=address)


def handed_over(to: str) -> Lasting:
    return _letter(to, "Your organisation has a new owner", "handed_over")


def handover_decided(to: str, *, granted: bool) -> Lasting:
    return _letter(to, "Your request to take over an organisation", "handover_decided", granted=granted)


def handed_on(to: str, *, is_member: bool) -> Lasting:
    """A second contact has no account, perhaps: it follows each application by its reference and a code."""
    subject = "We now write to you about your organisation’s applications"
    return _letter(to, subject, "handed_on", is_member=is_member)


def _letter(to: str, subject: str, template: str, **context: object) -> Lasting:
    return lasting(to, subject, f"providers/mail/{template}.txt", **context)
