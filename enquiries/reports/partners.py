"""The partner review: per partner whether listings were confirmed in time, and what became of referrals (J-M6)."""

from collections import Counter
from statistics import median

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.utils import timezone

from careportal.kit.working_days import working_days_between
from enquiries.figures_partner import acknowledgements
from enquiries.models import Interest
from enquiries.periods import Period
from enquiries.reports.counts import AS_IT_STOOD
from enquiries.reports.section import NOT_SUPPRESSED, Cell, Section, cells
from enquiries.small_numbers import SMALLEST, crossed
from programmes.models import ClosureDay, ListingCheck, Partner

State = Interest.State
BECAME = {"completed": "Completed", "enrolled": "Enrolled", "seen": "Acknowledged", "unseen": "Not acknowledged"}


def sections(period: Period) -> list[Section]:
    partners = dict(Partner.objects.order_by("name", "pk").values_list("pk", "name"))
    return [_confirmations(period, partners), _referrals(period, partners), _acknowledgements(period, partners)]


def _confirmations(period: Period, partners: dict[int, str]) -> Section:
    checks = ListingCheck.objects.filter(at__gte=period.begins_at, at__lt=period.ends_at).exclude(partner=None)
    told = checks.exclude(answer=ListingCheck.Answer.SILENT).order_by().values_list("partner")
    counts = told.annotate(in_time=Count("pk", filter=Q(missed=0)), late=Count("pk", filter=Q(missed__gt=0)))
    found = {partner: (in_time, late) for partner, in_time, late in counts}
    return Section(
        "confirmations",
        "Listings confirmed in time",
        "Answers of partners in the period to whether a listing is still correct. In time: before the day by which the "
        "first question was to be answered.",
        "Partner",
        ["In time", "Late"],
        [(name, list(found[pk])) for pk, name in partners.items() if pk in found],
        unit="Listings",
        source="Checks of listings",
        suppression=NOT_SUPPRESSED,
        apart=0,
    )


def _referrals(period: Period, partners: dict[int, str]) -> Section:
    became = Case(
        When(state=State.COMPLETED, then=Value("completed")),
        When(state=State.ENROLLED, then=Value("enrolled")),
        When(acknowledged_at=None, then=Value("unseen")),
        default=Value("seen"),
    )
    found: dict[int, Counter[str]] = {}
    counted = _referred(period).annotate(became=became).values_list("referred_to", "became").annotate(Count("pk"))
    for partner, how, number in counted:
        found.setdefault(partner, Counter())[how] = number
    shown = {pk: name for pk, name in partners.items() if pk in found}
    table = crossed([[found[pk][how] for how in BECAME] for pk in shown])
    return Section(
        "referrals",
        "What became of referrals",
        "Programmes asked for that were referred in the period, each counted once: completed, enrolled, else "
        f"acknowledged by the partner or not. {AS_IT_STOOD}",
        "Partner",
        [*BECAME.values(), "Referred"],
        [(label, cells(line)) for label, line in zip([*shown.values(), "All"], table, strict=False)],
        unit="Programmes referred",
        source="Referrals as the portal keeps them",
    )


def _acknowledgements(period: Period, partners: dict[int, str]) -> Section:
    closed = ClosureDay.objects.days()
    lines: list[tuple[str, list[Cell]]] = []
    for pk, name in partners.items():
        times = acknowledgements(_referred(period).filter(referred_to=pk))
        days = [
            working_days_between(timezone.localdate(sent), timezone.localdate(seen), closed)
            for sent, seen in times
            if seen
        ]
        if times:
            lines.append((name, [median(days) if len(days) >= SMALLEST else None]))
    return Section(
        "acknowledgements",
        "How soon referrals were acknowledged",
        "The middle one in working days from the referral, where five or more were acknowledged.",
        "Partner",
        ["Median"],
        lines,
        unit="Working days",
        source="Referrals as the portal keeps them",
        apart=0,
    )


def _referred(period: Period) -> "QuerySet[Interest]":
    sent = {"referred_at__gte": period.begins_at, "referred_at__lt": period.ends_at}
    return Interest.objects.filter(**sent, enquiry__joined_to=None).exclude(referred_to=None).order_by()
