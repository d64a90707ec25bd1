"""A partner begins a new programme and plans its intakes. None of it is public before the council has approved it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, tried
from programmes import services
from programmes.exceptions import Refused
from programmes.forms_listing import DatesForm, IntakeForm, NewProgrammeForm
from programmes.models import Intake, Partner, Programme
from programmes.permissions import LARGEST, memberships_of
from programmes.views.mine import Mine, logger, my_draft, my_intake

DATES = "programmes:listing-dates"


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def begin_for(request: SignedInRequest, partner: int) -> HttpResponse:
    """For somebody who acts for several partners: as one of them."""
    found = [one.partner for one in memberships_of(request.user) if one.partner_id == min(partner, LARGEST)]
    if not found:
        logger.warning("listing.refused user=%s partner=%s", request.user.pk, partner)
        raise Http404
    return _begin(request, found[0])


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def begin(request: SignedInRequest) -> HttpResponse:
    """A title, and a pattern if wished; then its task list."""
    return _begin(request, memberships_of(request.user)[0].partner)


def _begin(request: SignedInRequest, partner: Partner) -> HttpResponse:
    own = Programme.objects.listed().filter(partners=partner).order_by("title", "pk")
    form = NewProgrammeForm(request.POST if request.method == "POST" else None, programmes=list(own))
    if form.is_valid():
        made: list[Programme] = []
        typed = {"title": form.cleaned_data["title"], "copy_of": form.copy_of}
        _try(form, lambda: made.append(services.start_programme(partner_id=partner.pk, by=request.user, **typed)))
        if made:
            return redirect("programmes:listing", made[0].pk)
    return answered(render(request, "programmes/partner/begin.html", {"form": form, "partner": partner}), form)


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def dates(request: SignedInRequest, pk: int) -> HttpResponse:
    """The intakes of a new programme; or that there are none yet."""
    found = my_draft(request.user, pk)
    is_open = {"is_open": True} if found.change and found.change.dates_to_be_agreed else {}
    form = DatesForm(request.POST if request.method == "POST" else None, initial=is_open)
    if form.is_valid():
        is_open = form.cleaned_data["is_open"]
        if _try(form, lambda: services.leave_dates_open(**_mine(request, found), is_open=is_open)):
            return redirect("programmes:listing" if is_open else "programmes:listing-intake-new", pk)
    intakes = found.programme.intakes.all()
    return render(request, "programmes/partner/dates.html", {"form": form, "mine": found, "intakes": intakes})


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add_intake(request: SignedInRequest, pk: int) -> HttpResponse:
    found = my_draft(request.user, pk)
    form = IntakeForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _try(form, lambda: services.plan_intake(**_mine(request, found), values=form.cleaned_data)):
        return redirect(DATES, pk)
    return render(request, "programmes/partner/intake.html", {"form": form, "mine": found})


@open_to("partner")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_intake(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Other dates or places for it; or away with it."""
    found, intake = my_intake(request.user, pk, number)
    if request.method == "POST" and "remove" in request.POST:
        return _remove(request, found, intake)
    begun = {name: getattr(intake, name) for name in IntakeForm.base_fields}
    form = IntakeForm(request.POST if request.method == "POST" else None, initial=begun)
    asked = {**_mine(request, found), "intake_id": intake.pk}
    if form.is_valid() and _try(form, lambda: services.replan_intake(**asked, values=form.cleaned_data)):
        return redirect(DATES, pk)
    return render(request, "programmes/partner/intake.html", {"form": form, "mine": found, "intake": intake})


def _remove(request: SignedInRequest, found: Mine, intake: Intake) -> HttpResponse:
    try:
        services.unplan_intake(**_mine(request, found), intake_id=intake.pk)
        messages.success(request, "The intake is removed.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(DATES, found.programme.pk)


def _mine(request: SignedInRequest, found: Mine) -> dict[str, Any]:
    return {"programme_id": found.programme.pk, "partner_id": found.partner.pk, "by": request.user}


def _try(form: Form, act: Callable[[], object]) -> bool:
    """Whether it was done. A refusal is shown with what was typed."""
    try:
        return tried(form, act)
    except ValidationError as refusal:
        for message in refusal.messages:
            form.add_error(None, message)
        return False
