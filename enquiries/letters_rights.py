"""Letters about people's own information. They repeat nothing that was typed into a form."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from enquiries.letters import Letter
from enquiries.models import OutgoingMail, RightsRequest

Kind = OutgoingMail.Kind


def address_code(address: str, code: str) -> Letter:
    """To whatever address somebody typed: the same whether anything is held about it or not."""
    minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
    text = _text("held_code", code=code, minutes=minutes)
    return Letter(Kind.ACCOUNT, address, "Your code to see your information", text=text)


def received(request: RightsRequest) -> Letter:
    subject = f"We have your {'complaint' if request.is_complaint else 'request'} ({request.reference})"
    return _about(request, Kind.RIGHTS_RECEIVED, subject, "rights_received")


def extended(request: RightsRequest) -> Letter:
    subject = f"We need longer for your request ({request.reference})"
    return _about(request, Kind.RIGHTS, subject, "rights_extended")


def asked(request: RightsRequest, question: str) -> Letter:
    return _about(
        request, Kind.RIGHTS, f"A question about your request ({request.reference})", "rights_asked", question
    )


def ended(request: RightsRequest) -> Letter:
    """The outcome, or why there is none, and where somebody can go who does not agree (G27)."""
    subject = f"Our answer to your {'complaint' if request.is_complaint else 'request'} ({request.reference})"
    return _about(request, Kind.RIGHTS, subject, "rights_ended")


def news(request: RightsRequest) -> Letter:
    """Tells the inbox that there is one. It is read in the admin: the mail holds nothing of it."""
    url = settings.BASE_URL + reverse("information-request", args=[request.pk])
    what = "complaint about information" if request.is_complaint else "request about information"
    text = _text("rights_news", what=what, rights=request, url=url)
    return Letter(Kind.NOTICE, settings.BUSINESS_FORUM_INBOX, f"A new {what} ({request.reference})", text=text)


def _about(request: RightsRequest, kind: OutgoingMail.Kind, subject: str, template: str, question: str = "") -> Letter:
    text = _text(template, rights=request, question=question, page=reverse("enquiries:your-information"))
    return Letter(kind, request.email, subject, text=text)


def _text(template: str, **context: Any) -> str:
    common = {"council": settings.COUNCIL, "base_url": settings.BASE_URL}
    return render_to_string(f"enquiries/mail/{template}.txt", {**common, **context})
