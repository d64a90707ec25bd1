"""What an officer decides about a mail that came in. Each is refused from a page that showed something else."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as formatted

from careportal.accounts.models import User
from enquiries import services
from enquiries.admin.steps import Step
from enquiries.exceptions import ChangedMeanwhile, Refused
from enquiries.models import IncomingMail

ABOUT = "enquiries.incomingmail"
_S = IncomingMail.State
_WAITS = {_S.SORT, _S.HELD}
_SET_ASIDE = {_S.OTHER, _S.SPAM, _S.AUTOMATIC}


def _elsewhere(*, mail_id: int, officer: User) -> None:
    services.set_aside(mail_id=mail_id, officer=officer, state=_S.OTHER)


def _unwanted(*, mail_id: int, officer: User) -> None:
    services.set_aside(mail_id=mail_id, officer=officer, state=_S.SPAM)


INCOMING_STEPS = {
    "enquiry": Step("Make an enquiry of it", "The mail is an enquiry now.", services.open_enquiry, _WAITS),
    "release": Step("Put it with mail to sort", "The mail is to sort now.", services.release_mail, {_S.HELD}),
    "elsewhere": Step("Dealt with elsewhere", "The mail is marked as dealt with elsewhere.", _elsewhere, _WAITS),
    "unwanted": Step("Unwanted", "The mail is marked as unwanted.", _unwanted, _WAITS),
    "hold": Step("Hold it", "The mail is held apart from mail to sort.", services.hold_mail, {_S.SORT}),
    "take-back": Step("Take it back", "The mail is to sort again.", services.take_back, _SET_ASIDE),
}
FOR_MANY = ("release", "elsewhere", "unwanted", "hold", "take-back")


def carry_out(service: Callable[..., Any], *, mail: IncomingMail, officer: User, shown: str, **more: Any) -> Any:
    """One step. The row is not locked from here on: the service looks at documents before it locks and looks again."""
    _refuse_if_changed(mail, shown, officer)
    return service(mail_id=mail.pk, officer=officer, **more)


def outcome(name: str, *, mail: IncomingMail, officer: User, shown: str) -> tuple[bool, str]:
    """Whether a step was done, and in words what became of it."""
    step = INCOMING_STEPS[name]
    try:
        carry_out(step.service, mail=mail, officer=officer, shown=shown)
    except Refused as refusal:
        return False, str(refusal)
    return True, step.done


def _refuse_if_changed(mail: IncomingMail, shown: str, officer: User) -> None:
    if shown == mail.shown_as:
        return
    by = "you" if mail.decided_by_id == officer.pk else mail.decided_by or "the portal itself"
    at = f", at {formatted(timezone.localtime(mail.decided_at), 'H:i')}" if mail.decided_at else ""
    raise ChangedMeanwhile(
        f"This mail changed after you opened the page: {mail.get_state_display()}, by {by}{at}. "
        "Nothing was done. Look at it again first."
    )
