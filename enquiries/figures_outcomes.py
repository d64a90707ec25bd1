"""What providers report after programmes: counted in one query, by the day on which they were asked."""

from collections import Counter
from typing import Any

from django.db.models import Count

from enquiries.figures import Scope
from enquiries.models import OutcomeAnswer
from enquiries.periods import Period

Counts = dict[str, Counter[str]]  # for each line, how many at which time
LINES = {
    ("took_part", OutcomeAnswer.Part.WHOLE): "Took part in all of it",
    ("took_part", OutcomeAnswer.Part.SOME): "Took part in some of it",
    ("took_part", OutcomeAnswer.Part.NONE): "Did not take part",
    ("change", OutcomeAnswer.Change.MUCH): "It changed a lot in the service",
    ("change", OutcomeAnswer.Change.LITTLE): "It changed a little in the service",
    ("change", OutcomeAnswer.Change.NOTHING): "It has changed nothing so far",
    ("still_there", OutcomeAnswer.StillThere.ALL): "All staff who took part still work there",
    ("still_there", OutcomeAnswer.StillThere.SOME): "Some of the staff who took part still work there",
    ("still_there", OutcomeAnswer.StillThere.NONE): "None of the staff who took part still works there",
    ("still_there", OutcomeAnswer.StillThere.UNKNOWN): "It is not known whether the staff still work there",
    ("early_leavers", OutcomeAnswer.EarlyLeavers.SOME): "Of those who joined in three months, somebody has left",
    ("early_leavers", OutcomeAnswer.EarlyLeavers.NONE): "Of those who joined in three months, nobody has left",
    ("early_leavers", OutcomeAnswer.EarlyLeavers.NOBODY_JOINED): "Nobody joined in three months",
}
QUESTIONS = list(dict.fromkeys(name for name, _ in LINES))


def reported(period: Period, scope: Scope) -> Counts:
    """Lines in their order: how many were asked, how many answered, and each answer."""
    counts: Counts = {line: Counter() for line in ["Asked", "Answered", *LINES.values()]}
    for time, *answers, number in _asked(period, scope):
        counts["Asked"][time] += number
        counts["Answered"][time] += number if any(answers) else 0
        for name, answer in zip(QUESTIONS, answers, strict=True):
            if answer:
                counts[LINES[name, answer]][time] += number
    return counts


def _asked(period: Period, scope: Scope) -> list[Any]:
    asked = OutcomeAnswer.objects.filter(asked_at__gte=period.begins_at, asked_at__lt=period.ends_at).order_by()
    if scope.of_programme:
        asked = asked.filter(interest__in=scope.interests.values("pk"))
    return list(asked.values_list("time", *QUESTIONS).annotate(Count("pk")))
