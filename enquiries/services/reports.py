"""Reports that stand still: made once, of periods that are over, and never changed."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from careportal.kit.digests import canonical
from enquiries.exceptions import Refused
from enquiries.models import Report
from enquiries.models.report import DEFINITIONS, period_of
from enquiries.periods import DAY, Period, month_of, quarter_of, year_of
from enquiries.reports.content import content_of
from enquiries.services.exports import note_export
from programmes.models import Partner, Programme

if TYPE_CHECKING:
    from careportal.accounts.models import User

Kind = Report.Kind
PERIODS = {
    Kind.GLANCE: (month_of,),
    Kind.PAPER: (quarter_of, year_of),
    Kind.STRATEGY: (year_of,),
    Kind.PARTNERS: (quarter_of,),
}
OF = {
    Kind.GLANCE: "a month",
    Kind.PAPER: "a quarter or a financial year",
    Kind.STRATEGY: "a financial year",
    Kind.PARTNERS: "a quarter",
}
NARROWED = {Kind.PAPER: {"partner", "theme"}}


class MadeBefore(Refused):
    """There is a report about the same, and it stands."""

    def __init__(self, report: Report) -> None:
        super().__init__("This report was made before, and it stands. Open it in the list.")
        self.report = report


def make_report(*, kind: str, period: Period, filters: dict[str, str], officer: "User") -> Report:
    """Count once and keep it. Raises Refused: no right, a period that is not over or not of this kind, or a filter
    that it does not know; MadeBefore where it was made before.
    """
    if not officer.has_perm("enquiries.add_report"):
        raise Refused("Your role cannot make reports. Ask a lead officer.")
    period = period_of(period.first, period.last)
    _check(kind, period, filters)
    if earlier := Report.objects.of(kind, period, filters).first():
        raise MadeBefore(earlier)
    report = Report(kind=kind, first=period.first, last=period.last, filters=canonical(filters), made_by=officer)
    report.definitions = DEFINITIONS
    report.hold(content_of(kind, period, filters))
    try:
        with transaction.atomic():
            report.save()
            note_export(by=officer, what=f"report {kind}", filters=_codes(report), rows=1, step="made")
    except IntegrityError:
        raise MadeBefore(Report.objects.of(kind, period, filters).get()) from None
    return report


def next_of(report: Report) -> Period | None:
    """The period of the same kind after it, if that is over."""
    kind = next(one for one in PERIODS[Kind(report.kind)] if one(report.first) == report.period)
    following = kind(report.last + DAY)
    return following if following.last < timezone.localdate() else None


def _check(kind: str, period: Period, filters: dict[str, str]) -> None:
    if kind not in Kind.values:
        raise Refused("Choose what kind of report to make.")
    if not any(one(period.first) == period for one in PERIODS[Kind(kind)]):
        raise Refused(f"A {Kind(kind).label.lower()} is about {OF[Kind(kind)]}. Choose one.")
    if period.last >= timezone.localdate():
        raise Refused("This period is not over yet. Choose an earlier one.")
    if not filters.keys() <= NARROWED.get(Kind(kind), set()):
        raise Refused(f"A {Kind(kind).label.lower()} is about everything. Choose no partner and no theme.")
    partner, theme = filters.get("partner", ""), filters.get("theme", "")
    if theme and theme not in Programme.Theme.values:
        raise Refused("Choose a theme from the list.")
    if partner and not (partner.isdecimal() and len(partner) < 19 and Partner.objects.filter(pk=partner).exists()):
        raise Refused("Choose a partner from the list.")


def _codes(report: Report) -> dict[str, list[str]]:
    chosen = {name: [value] for name, value in report.chosen.items()}
    return {"first": [report.first.isoformat()], "last": [report.last.isoformat()], **chosen}
