"""What moves the dates on which replies and decisions are due."""

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from careportal.kit.working_days import add_working_days, is_working_day
from enquiries.models import Enquiry, Event
from programmes.models import ClosureDay

if TYPE_CHECKING:
    from careportal.accounts.models import User

BATCH = 500


@transaction.atomic
def note_first_reply(*, enquiry_id: int, officer: "User", shown: str = "") -> Enquiry:
    """An officer has replied to the provider: the clock of the first reply stops, the other one runs on.

    It is true whatever the page showed: `shown` is not looked at.
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
    enquiry.note_first_reply()
    enquiry.save(update_fields=Enquiry.CLOCKS)
    enquiry.record(Event.Kind.REPLIED, by=officer)
    return enquiry


@transaction.atomic
def follow_closure_day(day: dt.date, *, closed: bool) -> int:
    """Move the dates of open enquiries after a closure day was added or taken away. Returns how many moved.

    A clock that is still to pass this day is due one working day later, or earlier again.
    """
    others = ClosureDay.objects.days() - {day}
    if not is_working_day(day, others):
        return 0
    begins = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    concerned = Enquiry.objects.open().filter(received_at__lt=begins)
    replies = concerned.filter(replied_at=None, reply_due_on__gte=day)
    decisions = concerned.filter(decided_at=None, decision_due_on__gte=day)
    moved = sorted({*replies.values_list("pk", flat=True), *decisions.values_list("pk", flat=True)})
    step, calendar = (1, others | {day}) if closed else (-1, others)
    _shift(replies, "reply_due_on", step, calendar)
    _shift(decisions, "decision_due_on", step, calendar)
    moving = {"kind": Event.Kind.DUE_MOVED, "detail": {"closed": closed, "on": f"{day}"}}
    Event.objects.bulk_create((Event(enquiry_id=pk, **moving) for pk in moved), batch_size=BATCH)
    return len(moved)


def _shift(clocks: "QuerySet[Enquiry]", column: str, step: int, calendar: Collection[dt.date]) -> None:
    """One statement, however many there are: it knows the new date of every old one."""
    dates = clocks.order_by().values_list(column, flat=True).distinct()
    moves = [When(Q(**{column: day}), then=Value(add_working_days(day, step, calendar))) for day in dates]
    if moves:
        clocks.update(**{column: Case(*moves, default=F(column))})
