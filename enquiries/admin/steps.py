"""Buttons of the officers' pages: each is a POST that calls one service and reports."""

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from enquiries import services
from enquiries.exceptions import Refused
from enquiries.models import Enquiry, OutgoingMail

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Step:
    """A named step: what the button says, what is reported, and in which states it is offered."""

    label: str
    done: str
    service: Callable[..., Any]
    states: AbstractSet[str]


_E, _M = Enquiry.State, OutgoingMail.State
_OPEN = set(_E) - {_E.CLOSED}

ENQUIRY_STEPS = {
    "take": Step("Take it", "is yours now.", services.take, _OPEN),
    "take-over": Step("Take it over", "is yours now.", services.take_over, _OPEN - {_E.NEW}),
    "with-partner": Step("With a partner", "is with a partner.", services.hand_to_partner, {_E.IN_TRIAGE, _E.WAITING}),
    "wait": Step(
        "Waiting for the provider",
        "waits for the provider.",
        services.wait_for_provider,
        {_E.IN_TRIAGE, _E.WITH_PARTNER},
    ),
    "resume": Step("Back to triage", "is in triage again.", services.resume_triage, {_E.WAITING, _E.WITH_PARTNER}),
    "replied": Step("I have replied", "has been replied to.", services.note_first_reply, _OPEN),
    "followed-up": Step(
        "I have dealt with the answer",
        "has no answer waiting.",
        services.follow_up_answer,
        {_E.IN_TRIAGE, _E.WITH_PARTNER},
    ),
    "register-checked": Step("I have checked this", "has its CQC details checked.", services.check_register, set(_E)),
    "close": Step("Close", "is closed.", services.close, {_E.IN_TRIAGE, _E.WAITING, _E.WITH_PARTNER}),
    "reopen": Step("Re-open", "is in triage again.", services.reopen, {_E.CLOSED}),
}
MAIL_STEPS = {
    "resend": Step("Send again", "The mail is in the queue again.", services.resend_mail, {_M.FAILED, _M.UNCERTAIN}),
    "received": Step(
        "It arrived", "The mail is marked as received.", services.mark_mail_as_received, {_M.FAILED, _M.UNCERTAIN}
    ),
    "cancel": Step(
        "Do not send", "The mail will not be sent.", services.cancel_mail, {_M.QUEUED, _M.FAILED, _M.UNCERTAIN}
    ),
}


def steps_of(mail: OutgoingMail, may_change: bool) -> tuple[list[tuple[str, Step]], bool]:
    """The buttons that a mail offers, and whether it may go to another address."""
    return (offered(MAIL_STEPS, mail.state), can_be_redirected(mail)) if may_change else ([], False)


def can_be_redirected(mail: OutgoingMail) -> bool:
    """Notices go to whoever is an officer, alerts to who asked; letters about an enquiry may go to another address."""
    return mail.enquiry_id is not None and mail.state in MAIL_STEPS["cancel"].states


def found_or_404(rows: QuerySet[Row], number: str) -> Row:
    """The row with this number from an address; whatever is no number is not there."""
    if not re.fullmatch(r"[0-9]{1,18}", number):
        raise Http404
    return get_object_or_404(rows, pk=int(number))


def offered(steps: dict[str, Step], state: str) -> list[tuple[str, Step]]:
    """The steps that make sense in a state, in their order. The service has the last word."""
    return [(name, step) for name, step in steps.items() if state in step.states]


def offered_for(enquiry: Enquiry, officer: Any) -> list[tuple[str, Step]]:
    """The steps of an enquiry for this officer: taking what is free, taking over what is a colleague's."""
    hidden = {"take", "take-over"} if enquiry.owner_id == officer.pk else {"take" if enquiry.owner_id else "take-over"}
    hidden |= {"register-checked"}  # its button stands beside what changed
    hidden |= {"replied"} if enquiry.replied_at else set()
    hidden |= set() if enquiry.answered_at else {"followed-up"}
    return [(name, step) for name, step in offered(ENQUIRY_STEPS, enquiry.state) if name not in hidden]


def perform(request: HttpRequest, steps: dict[str, Step], name: str, about: str = "", **target: int | str) -> None:
    """Carry out a step for the signed-in officer and say what became of it."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    if name not in steps:
        raise Http404
    try:
        steps[name].service(**target, officer=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"{about} {steps[name].done}".strip())
