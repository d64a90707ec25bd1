"""Places of one programme: its groups, who holds a place until when, and who waits."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from careportal.accounts import access
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries.admin.paging import PAGE_LENGTH, CappedPaginator
from enquiries.models import Interest
from programmes.models import Intake, Programme

HOLDS = ("offered", "enrolled")


@open_to("staff")
@require_safe
def places(request: SignedInRequest, pk: int) -> HttpResponse:
    """Groups to come, and cancelled ones in which somebody still holds a place: officers say what becomes of those."""
    if not request.user.has_perm("enquiries.view_enquiry"):
        raise PermissionDenied
    programme = get_object_or_404(Programme, pk=pk)
    groups, waiting = list(_groups(programme)), _page(request, _waiting(programme), "waiting")
    held, numbered = _page(request, _held(programme, groups), "held"), _numbered(programme, waiting)
    shown = {one.enquiry_id for one in held} | {one.enquiry_id for one, *_ in numbered}
    access.note_listed(request.user, "enquiries.enquiry", sorted(shown))
    context = {
        "title": f"Places: {programme}",
        "programme": programme,
        "groups": groups,
        "cancelled": [group for group in groups if not group.is_running],
        "held": held,
        "waiting": waiting,
        "numbered": numbered,
    }
    return TemplateResponse(request, "admin/enquiries/places.html", {**admin.site.each_context(request), **context})


def _groups(programme: Programme) -> "QuerySet[Intake]":
    holders = Interest.objects.filter(offered_intake=OuterRef("pk"), state__in=HOLDS)
    gone = Q(Exists(holders), state=Intake.State.CANCELLED)
    coming = Q(pk__in=programme.intakes.to_come().values("pk"))
    counts = {state: Coalesce(Sum("offers__places", filter=Q(offers__state=state)), 0) for state in HOLDS}
    return programme.intakes.filter(coming | gone).annotate(**counts)


def _held(programme: Programme, groups: list[Intake]) -> "QuerySet[Interest]":
    here = Q(offered_intake__in=groups) | Q(offered_intake=None)
    held = Interest.objects.holding(programme).filter(here, state__in=HOLDS)
    return held.select_related("enquiry", "offered_intake")


def _waiting(programme: Programme) -> "QuerySet[Interest]":
    return Interest.objects.line(programme).select_related("enquiry", "intake", "passed_up")


def _numbered(programme: Programme, waiting: Iterable[Interest]) -> list[tuple[Interest, int, int]]:
    """Each with its number and how many are in its line. Who left the line a moment ago is not shown."""
    numbers = Interest.objects.numbers(programme)
    return [(interest, *numbers[interest.pk]) for interest in waiting if interest.pk in numbers]


def _page(request: SignedInRequest, rows: "QuerySet[Any]", name: str) -> Any:
    return CappedPaginator(rows, PAGE_LENGTH).get_page(request.GET.get(name))
