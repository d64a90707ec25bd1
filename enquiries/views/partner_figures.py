"""A partner's own figures: on a page with charts and tables, and as a file. After the agreement they are read only."""

import logging
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from careportal.accounts import access
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.charts import Bar, bars
from careportal.kit.exports import FORMATS, file_name
from enquiries.figures_partner import COLUMNS, COUNTED, Own, Table
from enquiries.forms_partner_figures import YearForm
from enquiries.publication import HIDDEN
from programmes.models import PartnerMembership
from programmes.permissions import readers_of

logger = logging.getLogger(__name__)

HEADER = ["Year", "Table", "Line", "Figure", "Number"]
DRAWN = {0: "Page views", 1: "Applications"}


@open_to("partner")
@require_safe
@login_required
def page(request: SignedInRequest) -> HttpResponse:
    """The year that was chosen; this one where none was. Whoever acts for nobody any more is led nowhere else."""
    readers = readers_of(request.user)
    form = _form(request, readers)
    own = Own(form.chosen_partner, form.chosen_year)
    tables = [(table, [_chart(table, *drawn) for drawn in DRAWN.items()]) for table in own.tables()]
    context = {"form": form, "own": own, "tables": tables, "columns": COLUMNS, "counted": COUNTED}
    context |= {"mine": next(one for one in readers if one.partner == own.partner), "seen": own.acknowledged()}
    context["agreement_is_over"] = not any(one.partner.is_acting for one in readers)
    return render(request, "enquiries/partner/figures.html", context)


@open_to("partner")
@require_safe
@login_required
def as_file(request: SignedInRequest) -> HttpResponse:
    """The same as a table: one number a row. Each is noted down."""
    kind = request.GET.get("format", "csv")
    if kind not in FORMATS:
        raise Http404
    form = _form(request, readers_of(request.user))
    own = Own(form.chosen_partner, form.chosen_year)
    rows = _rows(own)
    what = {"what": "own figures", "partner": own.partner.pk, "year": own.year.first.year, "format": kind}
    access.note_exported(request.user, "programmes.partner", count=len(rows), ids=[own.partner.pk], **what)
    return _download(rows, f"figures {own.year.first.year} {own.partner}", kind)


def _form(request: SignedInRequest, readers: list[PartnerMembership]) -> YearForm:
    """Of the own partners; another one is not there (AZ3)."""
    partners = {str(membership.partner_id): membership.partner for membership in readers}
    asked = request.GET.get("partner")
    if asked and asked not in partners:
        logger.warning(
            "partner_figures.refused user=%s partner=%s", request.user.pk, asked if asked.isdecimal() else "?"
        )
        raise Http404
    return YearForm(request.GET, list(partners.values()))


def _rows(own: Own) -> list[list[Any]]:
    seen, year = own.acknowledged(), str(own.year)
    rows = [
        [year, table.title, label, column, HIDDEN if number is None else number]
        for table in own.tables()
        for label, numbers in table.lines
        for column, number in zip(COLUMNS, numbers, strict=True)
    ]
    return [*rows, [year, "Time to acknowledge", "All", "Median in working days", seen.median]]


def _chart(table: Table, column: int, title: str) -> SafeString | None:
    """Of what may be shown. The finding says what is left out."""
    lines = [(label, number) for label, number in table.column(column) if number is not None]
    if not any(number for _, number in lines):
        return None
    label, most = max(lines, key=lambda line: line[1] or 0)
    left_out = len(table.column(column)) - len(lines)
    note = f" {left_out} with small numbers are left out." if left_out else ""
    drawn = [Bar(label, number or 0) for label, number in lines]
    return bars(
        f"{table.name}-{column}", f"{title}, {table.title.lower()}", f"Most: {label}, with {most:,g}.{note}", drawn
    )


def _download(rows: list[list[Any]], name: str, kind: str) -> HttpResponse:
    with tempfile.TemporaryDirectory() as folder:
        table = FORMATS[kind](file := BytesIO(), HEADER, title="Figures", folder=Path(folder))
        for row in rows:
            table.add(row)
        table.close()
    headers = {"Content-Disposition": content_disposition_header(True, file_name(name, kind)) or ""}
    return HttpResponse(file.getvalue(), content_type=FORMATS[kind].media_type, headers=headers)
