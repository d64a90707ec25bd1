"""What people ask about their own information, and complaints: what is due first, each step to its end."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from careportal.accounts import access
from careportal.accounts.models import AuditEntry
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import held
from enquiries.admin.forms_rights import AnswerForm, CloseForm, ExtendForm, QuestionForm, RightsStepForm
from enquiries.admin.steps import steps_of
from enquiries.exceptions import Refused
from enquiries.held.files import as_download
from enquiries.models import OutgoingMail, RightsRequest
from enquiries.services import rights as services

PAGE_LENGTH, MOST_STEPS = 50, 100
TITLES = {
    "take": "Take it",
    "proved": "I am sure who this is",
    "resume": "There is an answer: go on",
    "ask": "Ask what is meant",
    "extend": "Extend the time",
    "answer": "Answer",
    "close": "Close without an answer",
}
AT_ONCE = {"take": services.take_request, "proved": services.note_identity, "resume": services.resume_request}
WITH_WORDS: dict[str, tuple[type[RightsStepForm], Any]] = {
    "ask": (QuestionForm, services.ask_what_is_meant),
    "extend": (ExtendForm, services.extend_request),
    "answer": (AnswerForm, services.answer_request),
    "close": (CloseForm, services.close_request),
}
STEPS_DONE = {
    "taken": "Taken",
    "proved": "Identity proved by an officer",
    "extended": "Time extended",
    "asked": "Asked what is meant: the clock stands still",
    "resumed": "The clock goes on",
    "answered": "Answered",
    "closed": "Closed without an answer",
}


@open_to("staff")
@require_safe
def page(request: SignedInRequest) -> HttpResponse:
    """Open ones, the earliest due first, so what is overdue stands on top; then those that are over."""
    _must(request, "view")
    found = RightsRequest.objects.select_related("owner")
    waiting = list(found.open().by_urgency()[:PAGE_LENGTH])
    over = Paginator(found.exclude(ended_at=None).order_by("-ended_at"), PAGE_LENGTH).get_page(request.GET.get("page"))
    access.note_listed(request.user, services.ABOUT, [one.pk for one in (*waiting, *over)])
    return _page(request, "information_requests", "Requests about information", waiting=waiting, page=over)


@open_to("staff")
@require_safe
def one(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was asked, by when it is due, what was done, and what can be done."""
    found = _found(request, pk, "view")
    access.note_opened(request.user, services.ABOUT, found.pk)
    done = AuditEntry.objects.filter(about=services.ABOUT, row=pk, kind=AuditEntry.Kind.CHANGED)
    steps = [(entry, STEPS_DONE.get(entry.detail.get("what"), "")) for entry in done.select_related("by")[:MOST_STEPS]]
    offered = _offered(found, request) if request.user.has_perm("enquiries.change_rightsrequest") else []
    context = {
        "rights": found,
        "done": steps,
        "offered": offered,
        "mails": _mails(found, request),
        "now": timezone.now(),
    }
    return _page(request, "information_request", str(found), **context)


def _mails(found: RightsRequest, request: SignedInRequest) -> list[tuple[OutgoingMail, list[Any], bool]]:
    """What was written to the person, with what became of it and the steps that it offers."""
    may_change = request.user.has_perm("enquiries.change_enquiry")
    mails = OutgoingMail.objects.about_information(found.reference).defer("raw", "text").prefetch_related("attempts")
    return [(mail, *steps_of(mail, may_change)) for mail in mails]


@open_to("officer")
@require_safe
def as_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the portal holds about the address, for an answer: once it is known who asks, and until it is answered."""
    found = _found(request, pk, "change")
    if found.is_over or not found.proof:
        raise Http404
    parts = held.of(found.email)
    access.note_exported(request.user, services.ABOUT, count=sum(len(part.items) for part in parts), ids=[pk])
    return as_download(parts, found.email, "html")


@open_to("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    """One step: pressed, or with the words that the person gets."""
    if step not in TITLES:
        raise Http404
    found = _found(request, pk, "change")
    if step in AT_ONCE:
        return _at_once(request, found, step)
    kind, service = WITH_WORDS[step]
    form = kind(request.POST if request.method == "POST" else None, back=reverse("information-request", args=[pk]))
    if form.is_valid() and _done(
        request, form, lambda: service(request_id=pk, officer=request.user, **form.cleaned_data)
    ):
        return redirect("information-request", pk)
    return _page(request, "information_step", TITLES[step], rights=found, form=form)


def _at_once(request: SignedInRequest, found: RightsRequest, step: str) -> HttpResponse:
    if request.method == "POST":
        try:
            AT_ONCE[step](request_id=found.pk, officer=request.user)
            messages.success(request, "Done.")
        except Refused as refusal:
            messages.error(request, str(refusal))
    return redirect("information-request", found.pk)


def _done(request: SignedInRequest, form: RightsStepForm, act: Any) -> bool:
    """Whether it was done. A refusal is shown with what was typed."""
    try:
        act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, "Done. The person is told by email.")
    return True


def _offered(found: RightsRequest, request: SignedInRequest) -> list[tuple[str, str, bool]]:
    """Each step that is of use now: its name, its words, and whether a press is enough."""
    if found.is_over:
        return []
    in_hand = found.state == RightsRequest.State.IN_HAND
    may_be_longer = not (found.is_complaint or found.why_extended or found.is_overdue or found.paused_on)
    of_use = {
        "take": found.owner_id != request.user.pk,
        "proved": not found.proof,
        "resume": found.paused_on is not None,
        "ask": in_hand and found.paused_on is None,
        "extend": in_hand and may_be_longer,
        "answer": in_hand,
        "close": True,
    }
    return [(name, TITLES[name], name in AT_ONCE) for name in TITLES if of_use[name]]


def _found(request: HttpRequest, pk: int, action: str) -> RightsRequest:
    _must(request, action)
    return get_object_or_404(RightsRequest.objects.select_related("owner"), pk=pk)


def _must(request: HttpRequest, action: str) -> None:
    if not request.user.has_perm(f"enquiries.{action}_rightsrequest"):
        raise PermissionDenied


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    whole = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/enquiries/{template}.html", whole)
