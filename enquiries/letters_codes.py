"""Mails with a code. They go to addresses that nobody has proved yet, so they hold nothing that was typed.

None holds a link that does anything: what a scanner opens stays as it is.
"""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from enquiries.letters import Letter
from enquiries.models import Draft, OutgoingMail


def way_back(draft: Draft, code: str) -> Letter:
    """How to come back to an application that was left. Sent until the code is no longer good."""
    text = _text("way_back", draft=draft, code=code, page=reverse("enquiries:return"))
    subject = "Come back to your application"
    return Letter(OutgoingMail.Kind.ACCOUNT, draft.return_email, subject, text=text, good_until=draft.expires_at)


def follow_code(address: str, code: str) -> Letter:
    minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
    text = _text("follow_code", code=code, minutes=minutes)
    return Letter(OutgoingMail.Kind.ACCOUNT, address, "Your code to see your application", text=text)


def _text(template: str, **context: Any) -> str:
    common = {"council": settings.COUNCIL, "base_url": settings.BASE_URL}
    return render_to_string(f"enquiries/mail/{template}.txt", {**common, **context})
