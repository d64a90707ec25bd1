"""What other rules would mean: which of those who applied for a programme lately would be told something else."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from enquiries.models import Enquiry, Interest
from programmes import eligibility
from programmes.models import EligibilityRule, Fact, Programme, Verdict

LOOKS_BACK = dt.timedelta(days=365)
LISTED = 20  # of each change; counts are of all

COLUMNS = {
    Fact.PROVIDER_TYPE: "provider_type",
    Fact.AREA: "area",
    Fact.PLACE_OF_CARE: "place_of_care",
    Fact.CQC_REGISTERED: "cqc_registered",
    Fact.SIZE: "size_band",
}


@dataclass(frozen=True)
class Change:
    """Applications that would get another verdict than under the present rules: how many, and the latest of them."""

    before: Verdict
    after: Verdict
    count: int
    enquiries: list[Enquiry]


@dataclass(frozen=True)
class Rehearsal:
    applied: int
    changes: list[Change]

    @property
    def changed(self) -> int:
        return sum(change.count for change in self.changes)

    @property
    def shown(self) -> list[int]:
        return [enquiry.pk for change in self.changes for enquiry in change.enquiries]


def rehearse(programme: Programme, rules: Sequence[EligibilityRule]) -> Rehearsal:
    """Compare the rules with the present ones for every application of the last year.

    Services that answered alike are judged together: there are few kinds of answers, however many applied.
    """
    groups, present = _groups(programme), list(programme.eligibility_rules.all())
    found: dict[tuple[Verdict, Verdict], list[dict[str, Any]]] = {}
    for group in groups:
        facts: dict[str, str] = {fact: group[column] for fact, column in COLUMNS.items()}
        before, after = (eligibility.check(programme, facts, these).verdict for these in (present, rules))
        if before != after:
            found.setdefault((before, after), []).append(group)
    changes = [_change(programme, *verdicts, alike) for verdicts, alike in found.items()]
    order = list(Verdict)
    changes.sort(key=lambda change: (order.index(change.before), order.index(change.after)))
    return Rehearsal(applied=sum(group["count"] for group in groups), changes=changes)


def _groups(programme: Programme) -> list[dict[str, Any]]:
    """How many of them gave each combination of answers."""
    return list(_applied(programme).order_by().values(*COLUMNS.values()).annotate(count=Count("pk")))


def _applied(programme: Programme) -> "QuerySet[Enquiry]":
    asked = Interest.objects.filter(programme=programme, copied_from=None).values("enquiry")
    return Enquiry.objects.filter(pk__in=asked, received_at__gt=timezone.now() - LOOKS_BACK)


def _change(programme: Programme, before: Verdict, after: Verdict, alike: list[dict[str, Any]]) -> Change:
    any_of = Q()
    for group in alike:
        any_of |= Q(**{column: group[column] for column in COLUMNS.values()})
    latest = _applied(programme).filter(any_of).order_by("-received_at", "-pk").only("reference", "received_at")
    return Change(before, after, count=sum(group["count"] for group in alike), enquiries=list(latest[:LISTED]))
