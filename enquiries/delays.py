"""Which delay of mail means that the portal does not work, and which only that somebody's mail server does not."""

import datetime as dt

from django.conf import settings
from django.db.models import Min, Q

from careportal.kit import clock
from enquiries import queries
from enquiries.mail import limits
from enquiries.models import OutgoingMail

State, Kind = OutgoingMail.State, OutgoingMail.Kind


def stuck_since() -> dt.datetime | None:
    """Since when mail has waited that stands for work that does not move; None when there is none.

    That is an application on its way to its inbox, or any mail that was due and that nobody tried. A letter that is
    tried in vain is none: anybody can apply with an address whose mail server takes nothing.
    """
    delayed = OutgoingMail.objects.filter(queries.is_delayed())
    if not delayed.exists():
        return None
    stuck = delayed.filter(Q(kind=Kind.ROUTING) | _untried())
    return stuck.aggregate(since=Min("queued_at"))["since"]


def stuck_seconds() -> float | None:
    return queries.age(stuck_since())


def _untried() -> Q:
    """Due for long. Between two attempts a mail is not due; one to a slow recipient is kept for a quiet moment."""
    slow = Q(recipient_key__in=limits.slow_recipients())
    return Q(state=State.QUEUED, next_attempt_at__lt=clock.after(-settings.MAIL_DELAYED_SECONDS)) & ~slow
