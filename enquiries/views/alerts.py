"""Asking for alerts, confirming and stopping them. The addresses stand in letters: opening one changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from careportal.kit import client
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, tried
from careportal.kit.small_forms import OneButton
from enquiries import services
from enquiries.exceptions import Refused
from enquiries.forms_alerts import AskForm
from enquiries.links import CONFIRM, STOP, refuse_wrong_token
from enquiries.models import Alert
from programmes.models import Programme


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """An email address, for one programme or for everything new. What follows is the same for every address."""
    programme = Programme.objects.listed().filter(slug=request.GET.get("programme", "")).first()
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email, origin = form.cleaned_data["email"], client.origin(request)
        if tried(form, lambda: services.ask_for_alerts(email=email, programme=programme, origin=origin)):
            return redirect("enquiries:alerts-asked")
    return answered(render(request, "enquiries/alerts/ask.html", {"form": form, "programme": programme}), form)


@open_to("anyone")
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "enquiries/alerts/asked.html")


@open_to("whoever has the letter")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """What is agreed to, with one button."""
    refuse_wrong_token(CONFIRM, number, token)
    alert = get_object_or_404(Alert.objects.select_related("programme"), pk=number)
    if request.method == "POST":
        try:
            services.confirm_alert(alert_id=number)
        except Refused:
            return _show(request, "confirm", alert)  # it was stopped: the page says so
        return redirect(request.path)
    return _show(request, "confirm", alert, form=OneButton(button="Yes, send me these emails"))


@csrf_exempt
@open_to("whoever has the letter")
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """One button. Mail programs press it themselves (RFC 8058): without a session, and without following redirects.

    So there is no CSRF token here: the proof in the address, which only the letter holds, stands for it.
    """
    refuse_wrong_token(STOP, number, token)
    alert = get_object_or_404(Alert.objects.select_related("programme"), pk=number)
    if request.method == "POST":
        alert = services.stop_alert(alert_id=number)
    return _show(request, "stop", alert, form=OneButton(button="Stop these emails"))


def _show(request: HttpRequest, template: str, alert: Alert, **context: object) -> HttpResponse:
    answer = render(request, f"enquiries/alerts/{template}.html", {"alert": alert, **context})
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
