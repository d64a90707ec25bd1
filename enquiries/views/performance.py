"""The public performance page, and the same as a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from careportal.kit.access import open_to
from careportal.kit.exports import CsvFile, as_csv
from enquiries.performance import indicators, periods

HEADER = ["Period", "Indicator", "Per cent", "What it means"]


@open_to("anyone")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    shown = [(period, indicators(period)) for period in periods()]
    return render(request, "enquiries/performance.html", {"shown": shown})


@open_to("anyone")
@require_safe
def as_file(request: HttpRequest) -> HttpResponse:
    rows = [[str(period), one.title, one.share, one.meaning] for period in periods() for one in indicators(period)]
    disposition = content_disposition_header(as_attachment=True, filename="performance.csv")
    headers = {"Content-Disposition": disposition}
    return HttpResponse(as_csv(HEADER, rows), content_type=CsvFile.media_type, headers=headers)
