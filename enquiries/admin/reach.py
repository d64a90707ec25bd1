"""Reach: figures over all registered care of the area, the list of the never reached, and who was spoken to."""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careportal.accounts import access
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.charts import Bar, bars
from careportal.kit.exports import CsvFile, as_csv, file_name
from careportal.kit.templatetags.govuk import spaced
from enquiries import reach_places, services
from enquiries.admin.forms_reach import ReachForm, SpokeForm
from enquiries.admin.paging import PAGE_LENGTH
from enquiries.exceptions import Refused
from enquiries.models import Outreach
from enquiries.reach import Headline, Stage, headline_of
from enquiries.reach_places import Place
from providers import directory
from providers.area import registered_here

STAGES = ["Registered", "Reached", "Applied", "Took part", "Completed"]
HEADER = [
    *("CQC location ID", "Name", "Provider", "Kinds of care", "Address", "Postcode", "Telephone"),
    *("Ward", "Size", "Source and lawful basis"),
]


@open_to("staff")
@require_safe
def page(request: SignedInRequest) -> HttpResponse:
    """All figures, and below them those that nobody has reached yet."""
    listed, form, found = _never_reached(request)
    context = {
        "title": "Reach",
        "form": form,
        "stages": STAGES,
        "total": list(zip(STAGES, _numbers(headline_of(place.stage for place in listed)), strict=True)),
        "chart": _chart_of_all(headline_of(place.stage for place in listed)),
        "sections": _sections(listed),
        "found": Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page")),
        "data_of": directory.data_of(),
        "may_record": request.user.has_perm("enquiries.change_enquiry"),
    }
    return TemplateResponse(request, "admin/enquiries/reach.html", {**admin.site.each_context(request), **context})


@open_to("staff")
@require_safe
def as_file(request: SignedInRequest) -> HttpResponse:
    """The list of the never reached as a table, with what it may be used by."""
    _, form, found = _never_reached(request)
    basis = f"Public register of the Care Quality Commission (OGL v3.0). {settings.COUNCIL.privacy.lawful_basis}"
    rows = [[*_row(place), basis] for place in found]
    about, what = "providers.registeredlocation", "never reached"
    access.note_exported(request.user, about, count=len(rows), what=what, filters=form.chosen, step="taken")
    name = file_name(f"never reached {timezone.localdate()}", "csv")
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)}
    return HttpResponse(as_csv(HEADER, rows), content_type=CsvFile.media_type, headers=headers)


@open_to("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def spoke(request: SignedInRequest, location: str) -> HttpResponse:
    """We spoke to them: the day and the way."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    found = get_object_or_404(registered_here(), cqc_location_id=location)
    form = SpokeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.record_outreach(cqc_location_id=location, officer=request.user, **form.cleaned_data)
            messages.success(request, f"It is recorded that you reached {found.name}.")
            return redirect("reach")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    before = Outreach.objects.filter(cqc_location_id=location).select_related("by")[:PAGE_LENGTH]
    context = {"title": "We spoke to them", "location": found, "form": form, "before": before}
    return TemplateResponse(request, "admin/enquiries/spoke.html", {**admin.site.each_context(request), **context})


@open_to("officer")
@require_POST
def take_back(request: SignedInRequest, location: str) -> HttpResponse:
    """Something was recorded by mistake."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    found = get_object_or_404(registered_here(), cqc_location_id=location)
    given = request.POST.get("outreach", "")
    try:
        number = int(given) if re.fullmatch("[0-9]{1,18}", given) else 0
        services.take_back_outreach(outreach_id=number, officer=request.user)
        messages.success(request, "It is taken back.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("reach-spoke", found.cqc_location_id)


def _never_reached(request: HttpRequest) -> tuple[list[Place], ReachForm, list[Place]]:
    """All places, the filters, and those never reached that fit them."""
    if not request.user.has_perm("enquiries.view_enquiry"):
        raise PermissionDenied
    listed = reach_places.places()
    never = [place for place in listed if place.stage == Stage.NOT_REACHED]
    form = ReachForm(request.GET, listed)
    return listed, form, form.choose_from(never)


def _sections(listed: list[Place]) -> list[dict[str, Any]]:
    tables = [
        ("kinds", "By kind of care", "Kind of care", reach_places.by_kind(listed)),
        ("sizes", "By size of the provider", "Staff", reach_places.by_size(listed)),
        ("wards", "By ward", "Ward", reach_places.by_ward(listed)),
    ]
    return [
        {
            "name": name,
            "title": title,
            "first": first,
            "lines": [(label, _numbers(counted)) for label, counted in lines],
            "chart": _chart(name, title, lines) if lines else None,
        }
        for name, title, first, lines in tables
    ]


def _numbers(counted: Headline) -> list[int]:
    return [counted.registered, counted.reached, counted.applied, counted.took_part, counted.completed]


def _chart_of_all(counted: Headline) -> Any:
    finding = f"{counted.reached} of {counted.registered} were reached, {counted.took_part} took part."
    lines = [Bar(label, number) for label, number in zip(STAGES, _numbers(counted), strict=True)]
    return bars("all", "How far registered services came", finding, lines)


def _chart(name: str, title: str, lines: Iterable[tuple[str, Headline]]) -> Any:
    """Shares, so that groups of any size can be compared."""
    shares = [Bar(label, round(100 * counted.reached / counted.registered)) for label, counted in lines]
    most = max(shares, key=lambda bar: bar.value)
    return bars(name, f"{title}: per cent reached", f"Most: {most.label}, {most.value:g} per cent.", shares)


def _row(place: Place) -> list[str]:
    location = place.location
    return [
        *(location.cqc_location_id, location.name, location.provider_name, ", ".join(place.kinds)),
        *(location.address, location.postcode, spaced(location.telephone), place.ward, place.size),
    ]
