"""After a restore nothing about beginnings, outcomes and funding is written again: it may have been written already."""

import datetime as dt

import pytest

from careportal.kit.signals import restored
from enquiries.models import Interest, OutcomeAnswer
from enquiries.services.claims import look_after_claims
from enquiries.services.outcomes import look_after_outcomes
from enquiries.services.starts import look_after_starts
from tests.enquiries.letters import to_provider
from tests.enquiries.programmes_over import asked, enrolled, on

pytestmark = pytest.mark.django_db

JOBS = (look_after_starts, look_after_outcomes, look_after_claims)
FRIDAY = dt.date(2026, 8, 21)


def test_what_was_due_when_it_was_restored_is_not_written():
    enrolled(starts_on=FRIDAY + dt.timedelta(days=3))
    enrolled(ends_on=FRIDAY - dt.timedelta(days=2))
    enrolled(ends_on=dt.date(2026, 6, 1), funding_name="Example fund", funding_months=3)
    asked(enrolled(ends_on=dt.date(2026, 6, 1)), remind_on=FRIDAY)

    with on(FRIDAY):
        restored.send(sender=None)
        for job in JOBS:
            job()

    assert to_provider() == []
    assert OutcomeAnswer.objects.filter(time="end").count() == 2
    assert Interest.objects.exclude(told_to_claim_at=None).count() == 1


def test_what_comes_due_later_is_written_as_ever():
    enrolled(starts_on=FRIDAY + dt.timedelta(days=12))
    enrolled(ends_on=FRIDAY)
    enrolled(ends_on=dt.date(2026, 6, 10), funding_name="Example fund", funding_months=3)
    with on(FRIDAY):
        restored.send(sender=None)

    for day in (24, 27, 28):
        with on(dt.date(2026, 8, day)):
            for job in JOBS:
                job()

    assert len(to_provider()) == 3
