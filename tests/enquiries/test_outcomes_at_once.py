"""Questions about the outcome while several things happen at one moment: each letter once, one answer."""

import datetime as dt

import pytest
import time_machine

from enquiries import services
from enquiries.models import Event, Message, OutcomeAnswer
from enquiries.services.outcomes import look_after_outcomes
from tests.enquiries.crowd import at_once
from tests.enquiries.programmes_over import asked, enrolled

pytestmark = pytest.mark.django_db(transaction=True)

ENDED = dt.date(2026, 5, 29)
MONDAY = dt.datetime(2026, 6, 1, 10, tzinfo=dt.UTC)


def test_two_workers_at_one_moment_ask_once():
    enrolled(ends_on=ENDED)

    with time_machine.travel(MONDAY, tick=False):
        at_once(*[look_after_outcomes] * 4)

    assert (OutcomeAnswer.objects.count(), Message.objects.count()) == (1, 1)


def test_of_answers_sent_at_one_moment_one_is_kept():
    outcome = asked(enrolled(ends_on=ENDED))

    def answer(took_part):
        return lambda: services.answer_outcome(outcome_id=outcome.pk, took_part=took_part)

    results = at_once(*map(answer, ["whole", "some", "none", "whole"]))

    (kept,) = [one for one in results if isinstance(one, OutcomeAnswer)]
    outcome.refresh_from_db()
    assert outcome.took_part == kept.took_part
    assert Event.objects.filter(kind="outcome_given").count() == 1
