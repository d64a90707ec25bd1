"""A partner's own figures of a financial year: its listings' views, applications, referrals and what became of them.

Counts of people's applications are left out where they are small, as in the council's published figures (EX10): each
year is counted once, by month and by programme, and no two years overlap.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from careportal.kit.working_days import working_days_between
from enquiries.models import Interest
from enquiries.periods import Period, month_of
from enquiries.publication import with_total
from programmes.models import ClosureDay, ListingViews, Partner, Programme

State = Interest.State
Number = int | float | None
COLUMNS = ["Page views", "Applications", "Referrals to you", "Enrolled", "Completed"]
COUNTED = (
    "Page views are how often the page of a programme was opened, without robots and council staff. Applications count "
    "by the day on which they came. Referrals to you count by the day of the referral. Enrolled are applications of "
    "that time that have, or had, a place; completed are those of them that ended it, as things stand today."
)


@dataclass(frozen=True)
class Table:
    """One line a month or a programme. None: fewer than five, or left out to protect such a number."""

    name: str
    title: str
    first_column: str
    lines: list[tuple[str, list[Number]]]

    def column(self, number: int) -> list[tuple[str, Number]]:
        return [(label, numbers[number]) for label, numbers in self.lines[:-1]]


@dataclass(frozen=True)
class Acknowledged:
    """How soon the partner looked at what was referred to it, in working days."""

    referred: int
    done: int
    median: float | None


@dataclass(frozen=True)
class Own:
    """What is counted for one partner in one year."""

    partner: Partner
    year: Period

    @property
    def programmes(self) -> "QuerySet[Programme]":
        return self.partner.programmes.exclude(state=Programme.State.DRAFT)

    @property
    def asked(self) -> "QuerySet[Interest]":
        came = {"enquiry__received_at__gte": self.year.begins_at, "enquiry__received_at__lt": self.year.ends_at}
        return Interest.objects.filter(**came, enquiry__joined_to=None, programme__in=self.programmes).order_by()

    @property
    def referred(self) -> "QuerySet[Interest]":
        sent = {"referred_at__gte": self.year.begins_at, "referred_at__lt": self.year.ends_at}
        mine = Interest.objects.filter(**sent, referred_to=self.partner, programme__in=self.programmes)
        return mine.filter(enquiry__joined_to=None).order_by()

    def tables(self) -> list[Table]:
        months = _months(self.year, timezone.localdate())
        titles = dict(self.programmes.order_by("title", "pk").values_list("pk", "title"))
        return [
            Table("months", "By month", "Month", _lines(months, self._by(_month))),
            Table("programmes", "By programme", "Programme", _lines(titles, self._by(_programme))),
        ]

    def acknowledged(self) -> Acknowledged:
        closed = ClosureDay.objects.days()
        times = acknowledgements(self.referred)
        days = [working_days_between(_day(sent), _day(seen), closed) for sent, seen in times if seen]
        return Acknowledged(len(times), len(days), median(days) if days else None)

    def _by(self, group: Any) -> list[Counter[Any]]:
        """Each column of the tables, by what is counted for."""
        views = ListingViews.objects.between(self.year.first, self.year.last).filter(programme__in=self.programmes)
        states = {"enrolled": [State.ENROLLED, State.COMPLETED], "completed": [State.COMPLETED]}
        return [
            group(views.order_by(), "on", Sum("count")),
            group(self.asked, "enquiry__received_at", Count("pk")),
            group(self.referred, "referred_at", Count("pk")),
            *(
                group(self.asked.filter(state__in=some), "enquiry__received_at", Count("pk"))
                for some in states.values()
            ),
        ]


def acknowledgements(referred: "QuerySet[Interest]") -> list[tuple[dt.datetime, dt.datetime | None]]:
    """When each was referred, and when the partner acknowledged it."""
    return [(sent, seen) for sent, seen in referred.values_list("referred_at", "acknowledged_at") if sent]


def _month(rows: "QuerySet[Any]", day: str, counted: Any) -> Counter[Any]:
    found = rows.annotate(month=TruncMonth(day)).values_list("month").annotate(number=counted)
    return Counter({_day(month).replace(day=1): number for month, number in found})


def _programme(rows: "QuerySet[Any]", day: str, counted: Any) -> Counter[Any]:
    return Counter(dict(rows.values_list("programme").annotate(number=counted)))


def _months(year: Period, today: dt.date) -> dict[dt.date, str]:
    """Those that have begun."""
    months: dict[dt.date, str] = {}
    month = month_of(year.first)
    while month.first <= min(year.last, today):
        months[month.first] = str(month)
        month = month_of(month.last + dt.timedelta(days=1))
    return months


def _lines(labels: dict[Any, str], columns: Iterable[Counter[Any]]) -> list[tuple[str, list[Number]]]:
    """With their total. Views are nobody's own: they are shown as they are."""
    counted: list[list[int]] = [[column[key] for key in labels] for column in columns]
    shown: list[list[Number]] = [[*counted[0], sum(counted[0])]]
    for people in counted[1:]:
        shown.append([number for _, number in with_total(list(labels.values()), people)])
    return [(label, [column[row] for column in shown]) for row, label in enumerate([*labels.values(), "All"])]


def _day(moment: Any) -> dt.date:
    return timezone.localdate(moment) if isinstance(moment, dt.datetime) else moment
