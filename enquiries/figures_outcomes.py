"""What providers report after programmes: counted in one query, by the day on which they were asked."""

from collections import Counter
from typing import Any

from django.db.models import Count

from enquiries.figures import Scope
from enquiries.models import OutcomeAnswer
from enquiries.periods import Period

Counts = dict[str, Counter[str]]  # for each line, how many at which time
QUESTIONS = [
    ("took_part", "Took part", OutcomeAnswer.Part),
    ("change", "It changed how the service works", OutcomeAnswer.Change),
    ("still_there", "Staff who took part still work there", OutcomeAnswer.StillThere),
    ("early_leavers", "Somebody who joined in the three months before has left", OutcomeAnswer.EarlyLeavers),
]


def reported(period: Period, scope: Scope) -> Counts:
    """Lines in their order: how many were asked, how many answered, and each answer."""
    counts: Counts = {line: Counter() for line in ["Asked", "Answered", *_lines().values()]}
    for time, *answers, number in _asked(period, scope):
        counts["Asked"][time] += number
        counts["Answered"][time] += number if any(answers) else 0
        for (name, _, _), answer in zip(QUESTIONS, answers, strict=True):
            if answer:
                counts[_lines()[name, answer]][time] += number
    return counts


def _asked(period: Period, scope: Scope) -> list[Any]:
    asked = OutcomeAnswer.objects.filter(asked_at__gte=period.begins_at, asked_at__lt=period.ends_at).order_by()
    if scope.of_programme:
        asked = asked.filter(interest__in=scope.interests.values("pk"))
    answers = [name for name, _, _ in QUESTIONS]
    return list(asked.values_list("time", *answers).annotate(Count("pk")))


def _lines() -> dict[tuple[str, str], str]:
    return {
        (name, value): f"{about}: {label[:1].lower()}{label[1:]}"
        for name, about, choices in QUESTIONS
        for value, label in choices.choices
    }
