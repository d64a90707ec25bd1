"""The figures: on a page with charts and tables, as a file, and as a file that may be published."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.charts import Bar, bars
from careportal.kit.exports import CsvFile, as_csv, file_name
from enquiries import publication, report
from enquiries.admin.forms_figures import FiguresForm
from enquiries.admin.forms_queue import QueueForm
from enquiries.report import Cell, Section
from enquiries.services import exports

HEADER = ["Period", "Table", "Line", "Figure", "Number"]


@open_to("staff")
@require_safe
def page(request: SignedInRequest) -> HttpResponse:
    """All sections of the period that was chosen; this quarter where none was."""
    _must_view(request)
    form = FiguresForm(request.GET)
    context: dict[str, Any] = {"form": form, "title": "Figures"}
    if form.is_valid():
        period = form.chosen_period
        sections = [_shown(one) for one in report.sections(period, form.scope)]
        context |= {"period": period, "before": period.before, "sections": sections}
        context["quarter"] = publication.last_quarter(timezone.localdate())
    return TemplateResponse(request, "admin/enquiries/figures.html", {**admin.site.each_context(request), **context})


@open_to("staff")
@require_safe
def as_file(request: SignedInRequest) -> HttpResponse:
    """The same as a table: one number a row. Dates that do not fit are shown on the page."""
    _must_view(request)
    form = FiguresForm(request.GET)
    if not form.is_valid():
        return page(request)
    period = form.chosen_period
    rows = [
        [str(period), section.title, line.label, column, cell.number]
        for section in report.sections(period, form.scope)
        for line in section.lines
        for column, cell in zip(section.columns, line.cells, strict=True)
    ]
    exports.note_export(by=request.user, what="figures", filters=form.codes, rows=len(rows), step="taken")
    return _csv(rows, f"figures {period}")


@open_to("staff")
@require_safe
def for_publication(request: SignedInRequest) -> HttpResponse:
    """The last quarter that is over, without small numbers."""
    _must_view(request)
    quarter = publication.last_quarter(timezone.localdate())
    rows = [
        [str(quarter), title, label, "Number", publication.HIDDEN if number is None else number]
        for title, lines in publication.tables(quarter)
        for label, number in lines
    ]
    exports.note_export(by=request.user, what="published figures", filters={}, rows=len(rows), step="taken")
    return _csv(rows, f"published figures {quarter}")


def _shown(section: Section) -> dict[str, Any]:
    """A section with its chart, and with links to the lists behind its numbers."""
    lines = [(line.label, [(cell.number, _list_behind(cell)) for cell in line.cells]) for line in section.lines]
    return {"section": section, "lines": lines, "chart": _chart(section)}


def _chart(section: Section) -> SafeString | None:
    if not section.drawn or not section.lines:
        return None
    drawn = [
        Bar(one.label, one.numbers[0] or 0, (one.numbers[1] or 0) if section.compared else None)
        for one in section.lines
    ]
    return bars(section.name, section.title, section.finding, drawn)


def _list_behind(cell: Cell) -> str:
    """The address of the queue with these filters; nothing where it does not know them or nothing is in the list."""
    if not cell.number or not cell.listed_by or not cell.listed_by.keys() <= QueueForm.base_fields.keys():
        return ""
    return f"{reverse('admin:enquiries_enquiry_changelist')}?{urlencode(cell.listed_by)}"


def _csv(rows: list[list[Any]], name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=file_name(name, "csv"))
    headers = {"Content-Disposition": disposition}
    return HttpResponse(as_csv(HEADER, rows), content_type=CsvFile.media_type, headers=headers)


def _must_view(request: HttpRequest) -> None:
    if not request.user.has_perm("enquiries.view_enquiry"):
        raise PermissionDenied
