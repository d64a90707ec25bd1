"""What tests of the time after a programme share: a place in a group, and jobs on a day of choice."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import time_machine

from enquiries.models import Interest, Message, OutcomeAnswer
from programmes.models import Intake
from tests.factories import InterestFactory, ProgrammeFactory


def on(day: dt.date, hour: int = 10) -> Any:
    """Everything inside happens on this day."""
    return time_machine.travel(dt.datetime.combine(day, dt.time(hour), tzinfo=dt.UTC), tick=False)


def enrolled(*, starts_on: dt.date | None = None, ends_on: dt.date | None = None, **funding: Any) -> Interest:
    """A place in a group of that programme, in an enquiry in triage."""
    programme = ProgrammeFactory(title="Rota planning", **funding)
    first = starts_on or ends_on or dt.date(2026, 1, 1)
    opens = {"opens_on": first - dt.timedelta(days=60), "closes_on": first - dt.timedelta(days=30)}
    group = Intake.objects.create(
        programme=programme, title="Spring group", starts_on=starts_on, ends_on=ends_on, places_taken=1, **opens
    )
    came = {"enquiry__received_at": dt.datetime(2025, 12, 1, 10, tzinfo=dt.UTC)}
    contact = {"enquiry__contact_name": "Erika Example", "enquiry__contact_email": "applicant@example.org"}
    return InterestFactory(in_hand=True, programme=programme, state="enrolled", offered_intake=group, **came, **contact)


def asked(interest: Interest, time: str = "end", **facts: Any) -> OutcomeAnswer:
    """A question that was asked already."""
    return OutcomeAnswer.objects.create(interest=interest, time=time, **facts)


def days_written(job: Callable[[], int], *spans: tuple[dt.date, dt.date]) -> list[dt.date]:
    """On which of the days, from first to last of each span, the job wrote a letter. Done again, it writes no more."""
    found = []
    for first, last in spans:
        for number in range((last - first).days + 1):
            day = first + dt.timedelta(days=number)
            with on(day):
                if job():
                    job()
                    found += [day] * Message.objects.filter(at__date=day).count()
    return found
