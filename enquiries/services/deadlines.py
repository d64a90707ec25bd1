"""Until when an offer can be answered, and when it is reminded of: in working days, and kept out of the quiet days."""

import datetime as dt
from collections.abc import Collection

from django.utils import timezone
from django.utils.dateformat import format as formatted

from careportal.kit.working_days import add_working_days, working_days_between
from enquiries import quiet
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Event, Interest
from programmes.models import ClosureDay, Intake, Programme

DAY = dt.timedelta(days=1)
MOST_DAYS = 90


def usual_answer_by(programme: Programme, intake: Intake | None = None) -> dt.date:
    """The last day to answer an offer made today: after the quiet days, and before the group begins, if there is time.

    A group that begins soon is urgent: then it may be one of the quiet days.
    """
    closed = ClosureDay.objects.days()
    usual = _unmoved(programme, closed)
    later = quiet.next_day(usual, closed)
    eve = intake.starts_on - DAY if intake and intake.starts_on else later
    if eve <= timezone.localdate() or later <= eve:
        return later
    return min(usual, eve)


def refuse_a_day_of_no_use(answer_by: dt.date, intake: Intake | None) -> None:
    """A place is held for a while and not for ever, and is answered before its group begins, if that is to come.

    Not on one of the quiet days, unless the group begins too soon after them.
    """
    today = timezone.localdate()
    begins = intake.starts_on if intake and intake.starts_on and intake.starts_on > today else None
    if answer_by > today + MOST_DAYS * DAY:
        raise TransitionNotAllowed(f"Choose a day to answer by within the next {MOST_DAYS} days.")
    if begins and begins <= answer_by:
        raise TransitionNotAllowed(f"{intake} begins on {_said(begins)}. Choose an earlier day.")
    later = quiet.next_day(answer_by, ClosureDay.objects.days())
    if later != answer_by and (begins is None or later < begins):
        raise TransitionNotAllowed(f"Choose {_said(later)} or a later day: {quiet.why(answer_by)}.")


def note_quiet_days(interest: Interest) -> Event.Kind | None:
    """Write down whether the quiet days moved the last day of an offer made today, or could not: and return which."""
    until, usual = interest.answer_by, _unmoved(interest.programme, closed := ClosureDay.objects.days())
    assert until
    if quiet.is_quiet(until):
        kind = Event.Kind.URGENT
    elif until == quiet.next_day(usual, closed) != usual:
        kind = Event.Kind.PUT_OFF
    else:
        return None
    interest.enquiry.record(kind, interest=interest.pk, what="answer_by", due_on=f"{usual}", until=f"{until}")
    return kind


def first_reminder(answer_by: dt.date, closed: Collection[dt.date]) -> dt.date | None:
    """Halfway to the last day. None where an offer is too short for one."""
    today = timezone.localdate()
    days = working_days_between(today, answer_by, closed)
    return _between(add_working_days(today, days // 2, closed), answer_by)


def last_reminder(answer_by: dt.date, closed: Collection[dt.date]) -> dt.date | None:
    """The last working day before the last day. None when that has come."""
    return _between(add_working_days(answer_by, -1, closed), answer_by)


def _between(day: dt.date, answer_by: dt.date) -> dt.date | None:
    """Never today, nor on the last day."""
    return day if timezone.localdate() < day < answer_by else None


def _unmoved(programme: Programme, closed: Collection[dt.date]) -> dt.date:
    return add_working_days(timezone.localdate(), programme.days_to_answer, closed)


def _said(day: dt.date) -> str:
    return formatted(day, "j F Y")
