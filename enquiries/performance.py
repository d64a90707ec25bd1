"""How well the service does, for the public: four indicators of periods that are over, without small numbers."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from enquiries.figures import REPLY, Scope
from enquiries.models import DailyCount, Feedback
from enquiries.models.report import DEFINITIONS
from enquiries.periods import Period, quarter_of, year_of
from enquiries.reports.counts import Counting
from enquiries.reports.section import Cell
from enquiries.small_numbers import SMALLEST, is_small

DAY_SECONDS = 86_400
SATISFIED = {Feedback.Rating.SATISFIED, Feedback.Rating.VERY_SATISFIED}
NOT_GIVEN = "Not given"


@dataclass(frozen=True)
class Indicator:
    """A share in whole per cent; None where it is not given."""

    title: str
    share: int | None
    meaning: str

    @property
    def said(self) -> str:
        return NOT_GIVEN if self.share is None else f"{self.share}%"


def periods() -> list[Period]:
    """The last quarter and the last financial year that are over."""
    today = timezone.localdate()
    return [quarter_of(today).before, year_of(today).before]


def indicators(period: Period) -> list[Indicator]:
    """Counted once a day: what is past moves little."""
    key = f"performance-{DEFINITIONS}-{period.first}-{period.last}-{timezone.localdate()}"
    kept = cache.get(key)
    if kept is None:
        kept = [asdict(indicator(period)) for indicator in INDICATORS]
        cache.set(key, kept, DAY_SECONDS)
    return [Indicator(**one) for one in kept]


def _completion(period: Period) -> Indicator:
    begun, sent = (
        DailyCount.objects.between(what, period.first, period.last)
        for what in (DailyCount.What.BEGUN, DailyCount.What.SENT)
    )
    return Indicator(
        "Completion rate",
        _share(min(sent, begun), begun),
        "Of the online applications that were begun in the period, how many were sent. One that is sent in a later "
        "period than it was begun counts there as sent.",
    )


def _satisfaction(period: Period) -> Indicator:
    ratings = Counter(Feedback.objects.between(period.first, period.last).values_list("rating", flat=True))
    satisfied = sum(ratings[rating] for rating in SATISFIED)
    return Indicator(
        "Satisfaction",
        _share(satisfied, ratings.total()),
        "Of those who gave feedback on the service, how many were satisfied or very satisfied.",
    )


def _take_up(period: Period) -> Indicator:
    lines = dict(Counting(period, Scope()).channels().lines)
    online, received = lines["Online"][0], lines["All"][0]
    return Indicator(
        "Digital take-up",
        _share_of_cells(online, received),
        "Of all enquiries that came in the period, how many came online rather than by email or through an officer.",
    )


def _promise(period: Period) -> Indicator:
    _, took = Counting(period, Scope()).clock("First reply", REPLY, settings.FIRST_REPLY_DAYS)
    share = dict(took.lines)["In time, in per cent of those due"][0]
    return Indicator(
        "Promise kept",
        share if isinstance(share, int) else None,
        "Of the enquiries whose first reply was due or given, how many were answered by the day that we promised or, "
        "where we promised none, by our own goal.",
    )


def _share(part: int, whole: int) -> int | None:
    """None where fewer than five are counted, or so few on one side that they could be told."""
    if whole < SMALLEST or is_small(part) or is_small(whole - part):
        return None
    return round(100 * part / whole)


def _share_of_cells(part: Cell, whole: Cell) -> int | None:
    return _share(part, whole) if isinstance(part, int) and isinstance(whole, int) else None


INDICATORS: list[Callable[[Period], Indicator]] = [_completion, _satisfaction, _take_up, _promise]
