"""The steps of a referral, and the pages that show it: the same for a partner's people and for its mailbox."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from careportal.kit.refusals import answered, refuse
from enquiries import forms_partner as forms
from enquiries import services, sharing
from enquiries.acting import Way, referral_of
from enquiries.exceptions import NotYours, Refused
from enquiries.models import Interest, Message

PAGE_LENGTH = 50
State = Interest.State


@dataclass(frozen=True)
class Step:
    """What its button says, what is reported, what it asks, and when it is offered."""

    label: str
    done: str
    service: Callable[..., Any]
    form: type[forms.StepForm]
    fits: Callable[[Interest], bool]


def _in(*states: str) -> Callable[[Interest], bool]:
    return lambda interest: interest.state in states


STEPS = {
    "acknowledge": Step(
        "Acknowledge",
        "Acknowledged. Thank you.",
        services.acknowledge,
        forms.AcknowledgeForm,
        lambda interest: interest.is_to_acknowledge,
    ),
    "invite": Step(
        "Invite them",
        "The invitation is on its way.",
        services.invite,
        forms.InviteForm,
        _in(State.REFERRED, State.OFFERED, State.ENROLLED),
    ),
    "enrol": Step(
        "Enrol them",
        "Enrolled. We tell the care provider.",
        services.enrol_by_partner,
        forms.EnrolForm,
        lambda interest: interest.may_be_enrolled,
    ),
    "attended": Step(
        "Note a day attended",
        "The day is saved.",
        services.note_attendance,
        forms.AttendedForm,
        _in(State.ENROLLED, State.COMPLETED),
    ),
    "completed": Step(
        "Mark as completed", "Completed.", services.complete_by_partner, forms.CompleteForm, _in(State.ENROLLED)
    ),
    "drop-out": Step(
        "Mark as dropped out",
        "Marked as dropped out. Their place is free.",
        services.drop_out,
        forms.DropOutForm,
        _in(State.ENROLLED),
    ),
    "ask": Step("Ask the council", "We have your question.", services.ask_council, forms.AskForm, lambda _: True),
    "give-back": Step(
        "Give it back",
        "You have given it back. The council has it again.",
        services.give_back,
        forms.GiveBackForm,
        _in(State.REFERRED),
    ),
}

FILTERS = {
    "": "All",
    "acknowledge": "To acknowledge",
    "progress": "In progress",
    "ended": "Ended",
}


def show_list(request: HttpRequest, way: Way) -> HttpResponse:
    """Their referrals, the newest first, narrowed by one of four links."""
    wanted = request.GET.get("show", "")
    found = Interest.objects.seen_by(way.acting.partners).select_related("enquiry", "referred_to")
    chosen = {"acknowledge": found.to_acknowledge, "progress": found.in_progress, "ended": found.ended}.get(wanted)
    shown = chosen() if chosen else found
    page = Paginator(shown.order_by("-referred_at", "-pk"), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {"page": page, "way": way, "filters": FILTERS, "chosen": wanted if chosen else ""}
    return _unlisted(render(request, "enquiries/partner/referrals.html", context))


def show_one(request: HttpRequest, way: Way, number: int) -> HttpResponse:
    """One referral. Each opening is recorded in the enquiry's history, each refusal in the log."""
    interest = referral_of(way, number)
    services.note_opening(interest=interest, by=way.acting.by, via=way.acting.via)
    context = {
        "interest": interest,
        "way": way,
        "rows": sharing.shared(interest, interest.shared_fields) if interest.is_shared else [],
        "steps": [(name, step) for name, step in STEPS.items() if step.fits(interest)],
        "attended": interest.attendances.all(),
        "talk": Message.objects.talk_with_partner(interest),
    }
    return _unlisted(render(request, "enquiries/partner/referral.html", context))


def take_step(request: HttpRequest, way: Way, number: int, name: str) -> HttpResponse:
    """The small page of a step. A GET changes nothing; what is refused is shown, and what was typed is kept."""
    interest = referral_of(way, number)
    step = STEPS.get(name)
    if step is None:
        raise Http404
    form = step.form(request.POST if request.method == "POST" else None, interest=interest)
    if form.is_valid():
        try:
            step.service(interest_id=interest.pk, acting=way.acting, **form.chosen())
            return _done(request, way, interest, step)
        except NotYours as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            now = referral_of(way, number)
            refuse(form, refusal, lambda words: form.show_refusal(words, now))
    context = {"interest": interest, "way": way, "form": form, "step": step}
    return _unlisted(answered(render(request, "enquiries/partner/step.html", context), form))


def _done(request: HttpRequest, way: Way, interest: Interest, step: Step) -> HttpResponse:
    """Back to the referral, or to the list where it is theirs no more."""
    messages.success(request, step.done)
    stays = Interest.objects.seen_by(way.acting.partners).filter(pk=interest.pk).exists()
    return redirect(f"{way.base}{interest.pk}/" if stays else way.base)


def _unlisted(answer: HttpResponse) -> HttpResponse:
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
