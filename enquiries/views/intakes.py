"""A partner keeps its intakes right, from a phone: places left, open, pause, close early, dates and place.

All of it is public at once. Looking changes nothing; what is another partner's is not there (AZ3, AZ4).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries.models import Interest
from programmes import services
from programmes.exceptions import Refused
from programmes.forms_intakes import FactsForm, IntakeForm, NewIntakeForm, PlacesForm, StepForm
from programmes.models import Intake, Programme
from programmes.permissions import intake_of, listing_of

PAGE = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Step:
    """What the page of a step says, and when it may be taken."""

    heading: str
    button: str
    done: str
    allowed: Callable[[Intake], bool]


STEPS = {
    "open": Step("Open", "Open it", "It takes applications again.", lambda one: one.may_open),
    "pause": Step("Pause", "Pause it", "It is paused.", lambda one: one.may_pause),
    "close": Step("Close", "Close it", "It is closed.", lambda one: one.may_close),
}


@open_to("partner")
@require_safe
@login_required
def intakes(request: SignedInRequest, pk: int) -> HttpResponse:
    """All intakes of a listing, those to come first, with the places left."""
    programme, _ = listing_of(request.user, pk)
    all_ = list(programme.intakes.all())
    coming = [one for one in all_ if one.is_coming()]
    context = {"coming": coming, "earlier": [one for one in all_ if one not in coming]}
    return _show(request, "intakes", programme, **context)


@open_to("partner")
@require_http_methods(PAGE)
@login_required
def intake(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """One intake: how many places are left, to be changed right there, and what else can be done."""
    programme, found = _found(request, pk, number)
    form = PlacesForm(_sent(request), intake=found)

    def save() -> None:
        services.change_places(
            intake_id=number,
            by=request.user,
            left=form.cleaned_data["left"],
            held=Interest.objects.places_held,
            shown=form.cleaned_data["shown"],
        )

    if form.is_valid() and _tried(form, save, found):
        return _done(request, found, _left(form.cleaned_data["left"]))
    may = {name: one.allowed(found) for name, one in STEPS.items()}
    return _show(
        request, "intake", programme, form=form, intake=found, may=may, held=Interest.objects.places_held(found)
    )


def _left(places: int) -> str:
    return f"{places} {'place' if places == 1 else 'places'} left: everybody sees it now."


@open_to("partner")
@require_http_methods(PAGE)
@login_required
def step(request: SignedInRequest, pk: int, number: int, step: str) -> HttpResponse:
    """Open, pause or close: what that means, and one button."""
    if step not in STEPS:
        raise Http404
    programme, found = _found(request, pk, number)
    words = STEPS[step]
    form = StepForm(_sent(request), intake=found, button=words.button)

    def take() -> None:
        services.steer(intake_id=number, by=request.user, step=step, shown=form.cleaned_data["shown"])

    if form.is_valid() and _tried(form, take, found):
        return _done(request, found, words.done)
    is_possible = words.allowed(found)
    return _show(request, "intake_step", programme, form=form, intake=found, step=step, words=words, can=is_possible)


@open_to("partner")
@require_http_methods(PAGE)
@login_required
def facts(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Dates, place and name."""
    programme, found = _found(request, pk, number)
    form = FactsForm(_sent(request), intake=found)

    def save() -> None:
        shown = form.cleaned_data["shown"]
        services.change_intake(intake_id=number, by=request.user, values=form.values, shown=shown)

    if form.is_valid() and _tried(form, save, found):
        return _done(request, found, "Saved: everybody sees it now.")
    return _show(request, "intake_facts", programme, form=form, intake=found)


@open_to("partner")
@require_http_methods(PAGE)
@login_required
def new(request: SignedInRequest, pk: int) -> HttpResponse:
    """One more intake."""
    programme, _ = listing_of(request.user, pk)
    form = NewIntakeForm(_sent(request), intake=Intake(programme=programme, opens_on=timezone.localdate()))
    added: list[Intake] = []

    def add() -> None:
        added.append(services.add_intake(programme_id=pk, by=request.user, values=form.values))

    if form.is_valid() and _tried(form, add, None):
        return _done(request, added[0], "Added: everybody sees it now.")
    return _show(request, "intake_facts", programme, form=form)


def _found(request: SignedInRequest, pk: int, number: int) -> tuple[Programme, Intake]:
    programme, _ = listing_of(request.user, pk)
    return programme, intake_of(request.user, programme, number)


def _sent(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _tried(form: IntakeForm, step: Callable[[], None], intake: Intake | None) -> bool:
    """Whether it was done. A refusal is shown with what was typed, and with the intake as it is now."""
    try:
        step()
    except Refused as refusal:
        if intake:
            intake.refresh_from_db()
        form.show_refusal(str(refusal), intake or Intake())
        return False
    return True


def _done(request: SignedInRequest, intake: Intake, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("enquiries:partner-intake", intake.programme_id, intake.pk)


def _show(request: SignedInRequest, page: str, programme: Programme, **context: Any) -> HttpResponse:
    intake = context.get("intake")
    upwards = reverse("enquiries:partner-intakes", args=[programme.pk])
    back = reverse("enquiries:partner-intake", args=[programme.pk, intake.pk]) if intake else upwards
    whole = {"programme": programme, "upwards": upwards, "back": back, "today": timezone.localdate(), **context}
    return render(request, f"enquiries/partner/{page}.html", whole)
