"""What can my service get? A few questions without an account, then every programme with a yes, a no, and why."""

import secrets
import uuid

from crispy_forms.layout import Layout
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from careportal.kit import client
from careportal.kit.access import open_to
from careportal.kit.layout import Button, Continue, Question
from careportal.kit.refusals import answered, refuse, tried
from enquiries import services
from enquiries.application.finding import NOT_IN_THE_LIST
from enquiries.application.fit import Fit
from enquiries.application.forms import SAVE, PageForm
from enquiries.application.forms_fit import ApplyForThese, SendToMyself
from enquiries.application.journey import Journey, Page
from enquiries.exceptions import TooMany
from enquiries.models import Draft
from enquiries.models.draft import NOT_LISTED
from enquiries.views.apply import OWNER, go_on, keep_page, must_sign_in, own_draft, to_sign_in
from programmes.models import Fact
from providers.area import Answer, council_of

# The first question under the heading of the start page. Without the CQC directory it is the kind of care.
OPENINGS = {
    "find": Layout(
        *("location", Question("words", size="m", optional=False)),
        Continue("Continue", Button(NOT_IN_THE_LIST, name="location", value=NOT_LISTED)),
    ),
    "service": Layout(Question("provider_type", size="m"), Continue()),
}


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The first question. A draft is made with its answer, so looking leaves nothing behind."""
    fit = Fit(Draft())
    first = next(fit.pages())
    form = first.form(request.POST if request.method == "POST" else None, journey=fit)
    form.helper.layout = OPENINGS[first.name]
    if not form.is_valid():
        return _begin(request, fit, first, form)
    owner = request.session.setdefault(OWNER, secrets.token_urlsafe(32))
    request.session.modified = True  # the session lasts as long as its newest draft
    begun = {"owner": owner, "origin": client.origin(request), "page": first.name, "entry": form.entry()}
    try:
        draft = services.begin_application(**begun)
    except TooMany as refusal:
        refuse(form, refusal)
        return _begin(request, fit, first, form)
    return _to_next(Fit(draft))


def _begin(request: HttpRequest, fit: Fit, first: Page, form: PageForm) -> HttpResponse:
    context = {"form": form, "draft_days": settings.DRAFT_DAYS, "data_of": first.name == "find" and fit.data_of}
    return answered(render(request, "enquiries/fit/start.html", context), form)


@open_to("applicant's browser")
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def page(request: HttpRequest, draft_id: uuid.UUID, name: str) -> HttpResponse:
    """One question. Answered again, it changes all results."""
    fit = Fit(own_draft(request, draft_id))
    if fit.draft.sent_as:
        return redirect("enquiries:sent", draft_id)
    page = fit.page(name)
    if page is None or fit.is_ahead(page):
        return _to_next(fit)
    form = fit.form(page, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not (form.is_valid() or SAVE in request.POST):
        return _ask(request, fit, page, form)
    keep_page(fit.draft, page, form)
    return redirect("enquiries:save", draft_id) if SAVE in request.POST else _to_next(Fit(fit.draft))


@open_to("applicant's browser")
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def results(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Every programme with its verdict. Those that are ticked become an application."""
    fit = Fit(own_draft(request, draft_id))
    if fit.draft.sent_as:
        return redirect("enquiries:sent", draft_id)
    if fit.next_page():
        return _to_next(fit)
    form = ApplyForThese(request.POST if request.method == "POST" else None, fit=fit, initial=_ticked(fit))
    if form.is_valid():
        services.apply_for(fit.draft, slugs=form.cleaned_data["programmes"])
        onward = go_on(Journey(fit.draft))
        needs_account = must_sign_in(request, fit, form.cleaned_data["programmes"])
        return to_sign_in(request, onward["Location"]) if needs_account else onward
    outside = fit.facts[Fact.AREA] == Answer.OUTSIDE
    context = {"fit": fit, "form": form, "outside": outside, "neighbour": outside and council_of(fit.postcode)}
    back = fit.address(list(fit.pages())[-1].name)
    return render(request, "enquiries/fit/results.html", {**context, "back": back})


@open_to("applicant's browser")
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def send(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """The results, to an address of one's own."""
    fit = Fit(own_draft(request, draft_id))
    if fit.next_page():
        return _to_next(fit)
    form = SendToMyself(request.POST if request.method == "POST" else None)
    if form.is_valid() and tried(form, lambda: services.send_results(fit.draft, address=form.cleaned_data["email"])):
        messages.success(request, "We are sending you the results.")
        return redirect("enquiries:fit-results", draft_id)
    return answered(render(request, "enquiries/fit/send.html", {"form": form, "draft": fit.draft}), form)


def _ticked(fit: Fit) -> dict[str, object]:
    return {"programmes": fit.draft.data("programmes").get("programmes", [])}


def _to_next(fit: Fit) -> HttpResponse:
    """To the next question that wants an answer, else to the results."""
    following = fit.next_page()
    if following:
        return redirect("enquiries:fit-page", fit.draft.pk, following.name)
    return redirect("enquiries:fit-results", fit.draft.pk)


def _ask(request: HttpRequest, fit: Fit, page: Page, form: PageForm) -> HttpResponse:
    before = fit.previous_page(page.name)
    back = fit.address(before.name) if before else reverse("enquiries:fit")
    if page.name == "right":
        context = {"form": form, "back": back, "page": page, "journey": fit, "help": "enquiries/fit/_help.html"}
        return render(request, "enquiries/apply/right.html", context)
    return render(request, "enquiries/fit/page.html", {"form": form, "back": back, "page": page, "fit": fit})
