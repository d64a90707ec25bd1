"""Reports that stand still: their list, each as a page from what is stored alone, and as files."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.charts import Bar, bars
from careportal.kit.exports import CsvFile, as_csv, file_name
from enquiries.admin.forms_reports import MakeReportForm, key_of
from enquiries.exceptions import Refused
from enquiries.models import Report
from enquiries.reports import files
from enquiries.reports.section import HIDDEN_MEANS, Section, restored
from enquiries.services import reports
from enquiries.services.exports import note_export

PAGE_LENGTH = 50
PARTS = ("day", "month", "year")


@open_to("staff")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: SignedInRequest) -> HttpResponse:
    """The list, and the form by which another one is made. The address can fill the form in."""
    _must_view(request)
    may_make = request.user.has_perm("enquiries.add_report")
    form = MakeReportForm(request.POST if request.method == "POST" else None, initial=request.GET.dict())
    if request.method == "POST":
        if not may_make:
            raise PermissionDenied
        if made := _made(form, request):
            return redirect("report", made.pk)
    kept = Paginator(Report.objects.defer("figures"), PAGE_LENGTH).get_page(request.GET.get("page"))
    return _page(request, "reports", "Reports", form=form if may_make else None, page=kept)


@open_to("staff")
@require_safe
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    sections = [restored(one) for one in found.content["sections"]]
    shown = [(section, _chart(section)) for section in sections]
    following = reports.next_of(found) if request.user.has_perm("enquiries.add_report") else None
    first, last = found.first, found.last
    days = {f"{name}-{part}": getattr(day, part) for name, day in (("first", first), ("last", last)) for part in PARTS}
    live = f"{reverse('figures')}?{urlencode({'period': 'custom', **days, **found.chosen})}"
    again = {"kind": found.kind, "period": key_of(following), **found.chosen} if following else {}
    context = {"report": found, "content": found.content, "sections": shown, "hidden_means": HIDDEN_MEANS}
    next_one = f"{reverse('reports')}?{urlencode(again)}#make" if again else ""
    return _page(request, "report_kept", str(found), **context, following=following, next_one=next_one, live=live)


@open_to("staff")
@require_safe
def as_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """One number a row."""
    found = _found(request, pk)
    rows = files.rows(found)
    note_export(by=request.user, what=f"report {found.kind}", filters={}, rows=len(rows), step="taken")
    return _csv(as_csv(files.HEADER, rows), str(found))


@open_to("staff")
@require_safe
def dictionary(request: SignedInRequest, pk: int) -> HttpResponse:
    """What each column of that file and each of its figures means."""
    found = _found(request, pk)
    return _csv(as_csv(files.DICTIONARY_HEADER, files.dictionary(found)), f"{found} dictionary")


def _made(form: MakeReportForm, request: SignedInRequest) -> Report | None:
    """The new one; the one that stands already, where it was made before."""
    if not form.is_valid():
        return None
    try:
        return reports.make_report(**form.wanted, officer=request.user)
    except reports.MadeBefore as standing:
        return standing.report
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def _found(request: HttpRequest, pk: int) -> Report:
    _must_view(request)
    return get_object_or_404(Report, pk=pk)


def _chart(section: Section) -> SafeString | None:
    """Of what is shown. What is left out has no bar, and the finding says so."""
    drawn = [
        Bar(label, value, _number(cells[1]) if section.compared else None)
        for label, cells in section.parts
        if (value := _number(cells[0])) is not None
    ]
    if not section.drawn or not any(bar.value for bar in drawn):
        return None
    most = max(drawn, key=lambda bar: bar.value)
    left_out = len(section.parts) - len(drawn)
    note = f" {left_out} with small numbers are left out." if left_out else ""
    return bars(section.name, section.title, f"Most: {most.label}, with {most.value:,g}.{note}", drawn)


def _number(cell: Any) -> float | None:
    """What is not known or left out has no bar, which is not the same as none."""
    return cell if isinstance(cell, (int, float)) else None


def _csv(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=file_name(name, "csv"))
    return HttpResponse(content, content_type=CsvFile.media_type, headers={"Content-Disposition": disposition})


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    whole = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/enquiries/{template}.html", whole)


def _must_view(request: HttpRequest) -> None:
    if not request.user.has_perm("enquiries.view_report"):
        raise PermissionDenied
