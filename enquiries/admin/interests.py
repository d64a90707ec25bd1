"""Steps of one programme within an enquiry: buttons on the enquiry's page, some with a small form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import services
from enquiries.admin import forms_interests as forms
from enquiries.admin.previews import is_read, preview, wants_to_change
from enquiries.exceptions import Refused
from enquiries.models import Enquiry, Interest, Message

State = Interest.State


@dataclass(frozen=True)
class InterestStep:
    """A named step: what the button says, what is reported, where it leads, and what it asks."""

    label: str
    done: str
    service: Callable[..., Any]
    to: Interest.State | None  # none: the state stays
    form: type[forms.InterestForm] | None = None

    @property
    def asks(self) -> bool:
        """Whether it has a page with a form. A template cannot ask for the form itself: it would call the class."""
        return self.form is not None


INTEREST_STEPS = {
    "refer": InterestStep(
        "Refer to a partner", "is with the partner.", services.refer, State.REFERRED, forms.ReferForm
    ),
    "offer": InterestStep("Offer a place", "is offered.", services.offer, State.OFFERED, forms.OfferForm),
    "waiting-list": InterestStep(
        "Put on the waiting list", "is on the waiting list.", services.put_on_waiting_list, State.WAITING_LIST
    ),
    "enrol": InterestStep("Mark as enrolled", "is enrolled.", services.enrol, State.ENROLLED),
    "move": InterestStep("Move to another group", "is in another group.", services.move, None, forms.MoveForm),
    "complete": InterestStep("Mark as completed", "is completed.", services.complete, State.COMPLETED),
    "not-eligible": InterestStep(
        "Not eligible",
        "is not eligible. The letter is on its way.",
        services.find_not_eligible,
        State.NOT_ELIGIBLE,
        forms.NotEligibleForm,
    ),
    "decline": InterestStep(
        "Decline", "is declined. The letter is on its way.", services.decline, State.DECLINED, forms.DeclineForm
    ),
    "withdraw": InterestStep("Mark as withdrawn", "is withdrawn.", services.withdraw, State.WITHDRAWN),
    "correct": InterestStep(
        "Correct this decision",
        "is open again. The correction is on its way.",
        services.correct_decision,
        State.RECEIVED,
        forms.CorrectForm,
    ),
    "reopen": InterestStep("Take back", "is open again.", services.reopen_interest, State.RECEIVED),
}


def offered_on(interest: Interest, messages: list[Message]) -> list[tuple[str, InterestStep]]:
    """The steps that the table has from its state; none while the enquiry is not in hand.

    `messages` are those about it, in order.
    """
    if interest.enquiry.state not in {Enquiry.State.IN_TRIAGE, Enquiry.State.WITH_PARTNER}:
        return []
    others = {one.pk for one in interest.programme.partners.all() if one.is_acting} - {interest.referred_to_id}
    hidden = {"reopen" if interest.is_told(messages) else "correct"} | (set() if others else {"refer"})
    follows: set[str | None] = {*Interest.NEXT[interest.state], *([None] if interest.may_move else [])}
    return [(name, step) for name, step in INTEREST_STEPS.items() if step.to in follows and name not in hidden]


@open_to("officer")
@require_http_methods(["GET", "POST"])
def interest_step(request: SignedInRequest, pk: int, interest: int, name: str) -> HttpResponse:
    """Take a step, after its form where it has one. What is refused is shown, and what was typed is kept."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    found = get_object_or_404(_interests(), pk=interest, enquiry=pk)
    step = INTEREST_STEPS.get(name)
    if step is None:
        raise Http404
    if step.form:
        return _asked(request, found, step, step.form)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        _take(request, found, step, shown=request.POST.get("shown", ""))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect(found.enquiry)


def _asked(
    request: SignedInRequest, interest: Interest, step: InterestStep, form_class: type[forms.InterestForm]
) -> HttpResponse:
    form = form_class(request.POST if request.method == "POST" else None, interest=interest)
    if form.is_valid() and not wants_to_change(request):
        if form.letter and not is_read(request, form.letter):
            title = f"{step.label}: {interest}"
            return preview(request, interest.enquiry, form, form.letter, title=title, send=form.send)
        try:
            _take(request, interest, step, **form.chosen())
            return redirect(interest.enquiry)
        except Refused as refusal:
            form.show_refusal(str(refusal))
    context = {"interest": interest, "enquiry": interest.enquiry, "form": form, "step": step, "title": step.label}
    page = "admin/enquiries/interest_step.html"
    return TemplateResponse(request, page, {**admin.site.each_context(request), **context})


def _take(request: SignedInRequest, interest: Interest, step: InterestStep, **answers: Any) -> None:
    step.service(interest_id=interest.pk, officer=request.user, **answers)
    messages.success(request, f"{interest} {step.done}")


def _interests() -> "QuerySet[Interest]":
    return Interest.objects.select_related("enquiry", "programme", "intake", "offered_intake", "referred_to")
