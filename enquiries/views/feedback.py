"""“Give feedback on this page”, and what could not be used: by anybody, without an account."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from careportal.kit import client, routes
from careportal.kit.access import open_to
from careportal.kit.errors import too_many_requests
from enquiries.exceptions import TooMany
from enquiries.forms_feedback import BarrierForm, FeedbackForm
from enquiries.services import feedback as services


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """How satisfied, and why. Of the page only its name is known, never its address."""
    form, route = FeedbackForm(request.POST if request.method == "POST" else None), _route(request)
    if form.is_valid():
        try:
            if not form.is_by_a_program:
                services.give_feedback(route=route, origin=client.origin(request), **form.told())
        except TooMany as refusal:
            return too_many_requests(request, refusal.retry_after)
        return redirect("enquiries:feedback-given")
    barrier = f"{reverse('enquiries:barrier')}?{urlencode({'page': route})}"
    return _unlisted(request, "give", form=form, barrier=barrier)


@open_to("anyone")
@require_safe
def given(request: HttpRequest) -> HttpResponse:
    return _unlisted(request, "given")


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def barrier(request: HttpRequest) -> HttpResponse:
    """“I could not use this page”: it becomes an enquiry, and is answered."""
    form, route = BarrierForm(request.POST if request.method == "POST" else None), _route(request)
    if form.is_valid():
        try:
            if not form.is_by_a_program:
                services.tell_of_barrier(route=route, origin=client.origin(request), **form.told())
        except TooMany as refusal:
            return too_many_requests(request, refusal.retry_after)
        return redirect("enquiries:barrier-told")
    return _unlisted(request, "barrier", form=form, days=settings.ACCESSIBILITY_REPLY_DAYS)


@open_to("anyone")
@require_safe
def told(request: HttpRequest) -> HttpResponse:
    return _unlisted(request, "told", days=settings.ACCESSIBILITY_REPLY_DAYS)


def _route(request: HttpRequest) -> str:
    return routes.known(request.GET.get("page", ""))


def _unlisted(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    answer = render(request, f"enquiries/feedback/{template}.html", context)
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
