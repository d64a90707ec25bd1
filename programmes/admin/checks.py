"""Listings that nobody has confirmed, for officers: whom to call, and what the call came to."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from programmes.exceptions import Refused
from programmes.forms_checks import CallForm
from programmes.models import Freshness, ListingCheck, Programme
from programmes.services import freshness

Answer = ListingCheck.Answer
CALLS = "admin:programmes_programme_calls"


class FreshnessFilter(admin.SimpleListFilter):
    title = "whether it is still correct"
    parameter_name = "fresh"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Freshness.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.as_fresh_as(self.value()) if self.value() in Freshness.values else queryset


@open_to("staff")
@require_safe
def calls(request: SignedInRequest) -> HttpResponse:
    """Listings to call about, the longest unanswered first."""
    if not request.user.has_perm("programmes.view_listingcheck"):
        raise PermissionDenied
    listings = Programme.objects.to_call_about().prefetch_related("partners", "checks")[:200]
    rows = [(one, next((check for check in one.checks.all() if check.way == "telephone"), None)) for one in listings]
    context = {"rows": rows, "may_call": request.user.has_perm("programmes.add_listingcheck")}
    return _page(request, "calls", "Listings to call about", **context)


@open_to("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: SignedInRequest, pk: int) -> HttpResponse:
    """What one call came to."""
    if not request.user.has_perm("programmes.add_listingcheck"):
        raise PermissionDenied
    programme = get_object_or_404(Programme.objects.listed().prefetch_related("partners"), pk=pk)
    form = CallForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _log(request, programme, form.cleaned_data["answer"])
    checks = programme.checks.select_related("partner")[:10]
    return _page(request, "call", f"Call about {programme}", programme=programme, form=form, checks=checks)


def _log(request: SignedInRequest, programme: Programme, answer: str) -> HttpResponse:
    try:
        freshness.log_call(programme_id=programme.pk, officer=request.user, answer=answer)
        messages.success(request, _said(answer, programme))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(CALLS)


def _said(answer: str, programme: Programme) -> str:
    if answer == Answer.CORRECT:
        return f"{programme} counts as checked today."
    if answer == Answer.SILENT:
        return f"Written down. {programme} stays in the list."
    if programme.partners.exists():
        return f"The closing of {programme} waits for the review by a colleague."
    return f"Written down. No partner runs {programme}: archive it on its own page."


def _page(request: SignedInRequest, template: str, title: str, **context: Any) -> HttpResponse:
    whole = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/programmes/{template}.html", whole)
