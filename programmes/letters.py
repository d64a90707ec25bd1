"""Mails about who acts for a partner. They name no organisation and no person: what people typed stays out."""

from django.conf import settings
from django.urls import reverse

from careportal.accounts.letters import Lasting, lasting


def invitation(to: str, token: str) -> Lasting:
    address = settings.BASE_URL + reverse("programmes:invitation", args=[token])
    return _letter(to, "You are invited to keep the listings of a partner", "invitation", address=address)


def made_administrator(to: str) -> Lasting:
    return _letter(to, "You are now an administrator of a partner", "made_administrator")


def removed(to: str) -> Lasting:
    return _letter(to, "You no longer act for a partner", "removed")


def request_asked(to: str, *, is_takeover: bool) -> Lasting:
    """Tells those who could say that it is wrong."""
    return _letter(to, "Somebody asks to act for your organisation", "request_asked", is_takeover=is_takeover)


def request_waits(request_id: int) -> Lasting:
    """Tells the council's team that somebody waits for a decision; the rest stands on the page."""
    address = settings.BASE_URL + reverse("admin:programmes_partnerrequest_change", args=[request_id])
    return _letter(
        settings.BUSINESS_FORUM_INBOX, "Somebody asks to act for a partner", "request_waits", address=address
    )


def request_decided(to: str, *, granted: bool, is_takeover: bool) -> Lasting:
    subject = "Your request to act for a partner"
    return _letter(to, subject, "request_decided", granted=granted, is_takeover=is_takeover)


def handed_over(to: str) -> Lasting:
    return _letter(to, "Your organisation has a new administrator", "handed_over")


def joined(to: str) -> Lasting:
    return _letter(to, "Somebody new acts for your organisation", "joined")


def _letter(to: str, subject: str, template: str, **context: object) -> Lasting:
    return lasting(to, subject, f"programmes/mail/{template}.txt", **context)
