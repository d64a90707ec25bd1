"""The line of sight: objective, programme, who asked for it, and what came of it. Each page leads back to the last."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from careportal.accounts import access
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.charts import Bar, bars
from enquiries import line_of_sight
from enquiries.admin.showing import page_for
from enquiries.line_of_sight import Line
from enquiries.models import Interest
from programmes import strategies
from programmes.models import Objective, Programme, Strategy
from programmes.strategies import Year

PAGE_LENGTH = 50
COLUMNS = ["Groups", "Asked for it", "Enrolled", "Completed", "Told us the outcome"]


@open_to("staff")
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """All objectives with what came of them, and what hangs on nothing."""
    _must_view(request)
    year = _year(request)
    lines = line_of_sight.lines(Objective.objects.select_related("strategy"), year)
    context = {
        "strategy": Strategy.objects.first(),
        "lines": lines,
        "chart": _chart(lines),
        "idle_objectives": Objective.objects.without_programmes(),
        "loose_programmes": strategies.without_objective(),
    }
    return _page(request, "overview", "Strategy", year=year, years=strategies.years(), **context)


@open_to("staff")
@require_safe
def objective(request: SignedInRequest, objective: int) -> HttpResponse:
    """Its work streams, of one year where that is asked for, with their programmes."""
    _must_view(request)
    one = get_object_or_404(Objective, number=objective)
    year = _year(request)
    (line,) = line_of_sight.lines([one], year)
    return _page(request, "objective", str(one), objective=one, line=line, year=year, years=strategies.years())


@open_to("staff")
@require_safe
def programme(request: SignedInRequest, objective: int, programme: int) -> HttpResponse:
    """Its groups, and how many asked, took part, and told what came of it."""
    _must_view(request)
    one, carried = _pair(objective, programme)
    year = _year(request)
    counts = line_of_sight.by_programme(line_of_sight.period_of(year)).get(carried.pk, line_of_sight.Counts())
    asked_for = line_of_sight.by_group(carried)
    begun = carried.intakes.order_by(F("starts_on").desc(nulls_first=True), "-pk")[:PAGE_LENGTH]
    groups = [(group, asked_for[group.pk]) for group in begun]
    numbers = list(zip(COLUMNS, counts.numbers, strict=True))
    context = {"objective": one, "programme": carried, "year": year, "groups": groups, "numbers": numbers}
    return _page(request, "programme", carried.title, **context)


@open_to("staff")
@require_safe
def asked(request: SignedInRequest, objective: int, programme: int) -> HttpResponse:
    """Who asked for it, those with an outcome first; of one group where that is asked for."""
    _must_view(request)
    one, carried = _pair(objective, programme)
    year, group = _year(request), _group(request, carried)
    found = line_of_sight.asking_for(carried, line_of_sight.period_of(year))
    found = line_of_sight.of_group(found, group.pk) if group else found
    page = Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page", "1"))
    access.note_listed(request.user, "enquiries.enquiry", sorted({row.enquiry_id for row in page}))
    context = {"objective": one, "programme": carried, "year": year, "group": group, "page": page}
    return _page(request, "asked", f"Who asked for {carried}", **context)


@open_to("staff")
@require_safe
def outcome(request: SignedInRequest, objective: int, programme: int, interest: int) -> HttpResponse:
    """One provider, what it asked for, and what came of it."""
    _must_view(request)
    one, carried = _pair(objective, programme)
    related = Interest.objects.select_related("enquiry__provider", "offered_intake", "intake", "referred_to")
    row = get_object_or_404(related.prefetch_related("outcomes"), pk=interest, programme=carried)
    access.note_opened(request.user, "enquiries.enquiry", row.enquiry_id)
    context = {"objective": one, "programme": carried, "year": _year(request), "interest": row}
    return _page(request, "outcome", row.enquiry.organisation, **context)


def _pair(number: int, pk: int) -> tuple[Objective, Programme]:
    """An objective and a programme that works towards it."""
    one = get_object_or_404(Objective, number=number)
    return one, get_object_or_404(Programme.objects.filter(workstreams__objective=one).distinct(), pk=pk)


def _year(request: HttpRequest) -> Year | None:
    """The year that is asked for. None is all years; so is what no strategy could have."""
    number = strategies.year_in(request.GET.get("year", ""))
    return Year(number) if number and 2000 <= number < 2099 else None


def _group(request: HttpRequest, programme: Programme) -> Any:
    asked_for = request.GET.get("group", "")
    return programme.intakes.filter(pk=int(asked_for)).first() if re.fullmatch("[0-9]{1,18}", asked_for) else None


def _chart(lines: list[Line]) -> SafeString | None:
    """Nothing where nobody has completed anything: there would be no bar to see."""
    drawn = [Bar(f"Objective {line.objective.number}", line.whole.completed) for line in lines]
    total = sum(line.whole.completed for line in lines)
    if not total:
        return None
    finding = "; ".join(f"{line.objective}: {line.whole.completed}" for line in lines)
    return bars("completed", "Completed, by objective", f"{total} in all. {finding}", drawn)


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    year = context.get("year")
    query = f"?year={year.address}" if year else ""
    whole = {"columns": COLUMNS, "query": query, **context}
    return page_for(request, f"line_of_sight/{template}", title, **whole)


def _must_view(request: HttpRequest) -> None:
    if not request.user.has_perm("enquiries.view_enquiry"):
        raise PermissionDenied
