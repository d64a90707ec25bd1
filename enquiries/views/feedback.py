"""“Give feedback on this page”, and what could not be used: by anybody, without an account."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from careportal.kit import client, routes
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, tried
from enquiries.forms_feedback import BarrierForm, FeedbackForm
from enquiries.services import feedback as services


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """How satisfied, and why. Of the page only its name is known, never its address."""
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and tried(form, lambda: _keep(request, form, services.give_feedback)):
        return redirect("enquiries:feedback-given")
    barrier = f"{reverse('enquiries:barrier')}?{urlencode({'page': _route(request)})}"
    return _unlisted(request, "give", form=form, barrier=barrier)


@open_to("anyone")
@require_safe
def given(request: HttpRequest) -> HttpResponse:
    return _unlisted(request, "given")


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def barrier(request: HttpRequest) -> HttpResponse:
    """“I could not use this page”: it becomes an enquiry, and is answered."""
    form = BarrierForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and tried(form, lambda: _keep(request, form, services.tell_of_barrier)):
        return redirect("enquiries:barrier-told")
    return _unlisted(request, "barrier", form=form, days=settings.ACCESSIBILITY_REPLY_DAYS)


@open_to("anyone")
@require_safe
def told(request: HttpRequest) -> HttpResponse:
    return _unlisted(request, "told", days=settings.ACCESSIBILITY_REPLY_DAYS)


def _keep(request: HttpRequest, form: FeedbackForm | BarrierForm, keep: Callable[..., object]) -> None:
    """What a program filled in is thanked for, and not kept."""
    if not form.is_by_a_program:
        keep(route=_route(request), origin=client.origin(request), **form.told())


def _route(request: HttpRequest) -> str:
    return routes.known(request.GET.get("page", ""))


def _unlisted(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    answer = answered(render(request, f"enquiries/feedback/{template}.html", context), context.get("form"))
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
