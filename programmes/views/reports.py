"""“Something wrong with this page?”: told by anybody, read and answered by the partner that keeps the page."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit import client
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, tried
from programmes.exceptions import Refused
from programmes.forms_reports import AnswerReportForm, ReportForm
from programmes.models import LinkCheck, ListingReport, Partner, Programme
from programmes.permissions import memberships_of
from programmes.services import reports as services

logger = logging.getLogger(__name__)

PAGE_LENGTH = 20
LARGEST = 2**63 - 1


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """What is wrong with a programme's page."""
    programme = get_object_or_404(Programme.objects.listed(), slug=slug)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and tried(form, lambda: _keep(request, form, programme)):
        return redirect("programmes:report-sent", slug)
    page = render(request, "programmes/reports/report.html", {"form": form, "programme": programme})
    return _unlisted(answered(page, form))


def _keep(request: HttpRequest, form: ReportForm, programme: Programme) -> None:
    """What a program filled in is thanked for, and not kept."""
    if not form.is_by_a_program:
        services.report(programme=programme, origin=client.origin(request), **form.told())


@open_to("anyone")
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    programme = get_object_or_404(Programme.objects.listed(), slug=slug)
    return _unlisted(render(request, "programmes/reports/sent.html", {"programme": programme}))


@open_to("partner")
@require_safe
@login_required
def reports(request: SignedInRequest) -> HttpResponse:
    """What the public reported about this person's listings, open ones first, and the links that do not work."""
    partners = _partners(request)
    found = _reports_of(partners).order_by("ended_at", "-made_at", "-pk")
    open_ones = found.filter(state=ListingReport.State.NEW)
    ended = Paginator(found.exclude(state=ListingReport.State.NEW), PAGE_LENGTH).get_page(request.GET.get("page"))
    mine = Programme.objects.listed().filter(partners__in=partners)
    troubles = LinkCheck.objects.in_trouble().filter(pk__in=LinkCheck.objects.of_any(mine))
    context = {"partners": partners, "open_ones": open_ones[:200], "page": ended, "troubles": _placed(troubles)}
    return render(request, "programmes/reports/list.html", context)


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def answer(request: SignedInRequest, number: int) -> HttpResponse:
    """One report. Whoever reported it stays unknown."""
    found = _reports_of(_partners(request)).filter(pk=min(number, LARGEST)).first()
    if found is None:
        logger.warning("report.refused user=%s report=%s", request.user.pk, number)
        raise Http404
    form = AnswerReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_report(report_id=found.pk, by=request.user, **form.cleaned_data)
            messages.success(request, "Your answer is stored.")
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("programmes:reports")
    return render(request, "programmes/reports/answer.html", {"form": form, "report": found})


def _partners(request: SignedInRequest) -> list[Partner]:
    return [membership.partner for membership in memberships_of(request.user)]


def _reports_of(partners: list[Partner]) -> "models.QuerySet[ListingReport]":
    about_theirs = ListingReport.objects.about_programmes_of(partners)
    return about_theirs.select_related("programme").defer("email", "origin")


def _placed(troubles: "models.QuerySet[LinkCheck]") -> "models.QuerySet[LinkCheck]":
    return troubles.prefetch_related("places__programme", "places__partner")[:100]


def _unlisted(answer: HttpResponse) -> HttpResponse:
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
