"""Steps for many enquiries at once: chosen in the list, read over on a page of their own, then done one by one."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from careportal.accounts.models import User
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import queue, services
from enquiries.admin import searches
from enquiries.admin.forms_queue import AssignForm, QueueForm
from enquiries.admin.showing import page_for
from enquiries.admin.steps import ENQUIRY_STEPS, Step
from enquiries.exceptions import Refused
from enquiries.models import Enquiry

AT_MOST = 100
OPEN = set(Enquiry.State) - {Enquiry.State.CLOSED}
ASSIGN = Step("Assign to an officer", "is assigned.", services.assign, OPEN)
STEPS_FOR_MANY = {
    "take": ENQUIRY_STEPS["take"],
    "assign": ASSIGN,
    "resume": ENQUIRY_STEPS["resume"],
    "close": ENQUIRY_STEPS["close"],
}


def urls(site: AdminSite) -> list[URLPattern]:
    return [
        path("many/", site.admin_view(many), name="enquiries_enquiry_many"),
        path("<int:pk>/assign/", site.admin_view(assign), name="enquiries_enquiry_assign"),
    ]


@open_to("officer")
@require_POST
def many(request: SignedInRequest) -> HttpResponse:
    """What will be done is read over first. Numbers that the list did not hold are passed over (AD6)."""
    _must_change(request)
    name = request.POST.get("step", "")
    if name not in STEPS_FOR_MANY:
        raise Http404
    known = queue.known(request.user)
    form = QueueForm(QueryDict(request.POST.get("filters", "")), known)
    back = f"{reverse('admin:enquiries_enquiry_changelist')}?{form.asked.urlencode()}"
    picked = _picked(request)
    chosen = _of_the_list(request, form, picked)
    if not chosen:
        messages.warning(request, "Select at least one enquiry of the list first.")
        return redirect(back)
    said = request.POST if "confirmed" in request.POST else None
    assign_form = AssignForm(said, known=known) if name == "assign" else None
    context = {"name": name, "step": STEPS_FOR_MANY[name], "back": back, "gone": len(picked) - len(chosen)}
    if said is None or (assign_form and not assign_form.is_valid()):
        rows = [(enquiry, picked[enquiry.pk]) for enquiry in chosen]
        asked = {"form": assign_form, "rows": rows, "filters": form.asked.urlencode()}
        return page_for(request, "many", f"{STEPS_FOR_MANY[name].label}: {len(rows)}", **context, **asked)
    more = {"to": _officer(assign_form)} if assign_form else {}
    done = [(one, *_outcome(request, name, one, picked[one.pk], more)) for one in chosen]
    return page_for(request, "many_done", f"{STEPS_FOR_MANY[name].label}: done", **context, done=done)


@open_to("officer")
@require_http_methods(["GET", "POST"])
def assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give one enquiry to an officer."""
    _must_change(request)
    enquiry = get_object_or_404(Enquiry.objects.select_related("owner"), pk=pk)
    form = AssignForm(request.POST if request.method == "POST" else None, known=queue.known(request.user))
    if form.is_valid():
        shown = request.POST.get("shown", "")
        done, words = _outcome(request, "assign", enquiry, shown, {"to": _officer(form)})
        (messages.success if done else messages.warning)(request, words)
        return redirect(enquiry)
    title = f"Assign {enquiry.reference} to an officer"
    return page_for(request, "assign", title, enquiry=enquiry, form=form)


def _must_change(request: SignedInRequest) -> None:
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied


def _picked(request: SignedInRequest) -> dict[int, str]:
    """The numbers that were ticked, each with what the list showed of it."""
    ticked = (re.fullmatch(r"([0-9]{1,18}):([a-z_]+-[0-9]+-[0-9]+)", value) for value in request.POST.getlist("pick"))
    return {int(one[1]): one[2] for one in list(filter(None, ticked))[:AT_MOST]}


def _of_the_list(request: SignedInRequest, form: QueueForm, picked: dict[int, str]) -> list[Enquiry]:
    """Those of the ticked ones that the list with these filters holds."""
    words = searches.words_of(request, form.search_key)
    found = form.choose_from(officer=request.user, words=words)
    return list(found.filter(pk__in=picked).select_related("owner"))


def _officer(form: AssignForm) -> User:
    return User.objects.get(pk=form.cleaned_data["to"])


def _outcome(
    request: SignedInRequest, name: str, enquiry: Enquiry, shown: str, more: dict[str, Any]
) -> tuple[bool, str]:
    """Whether it was done, and in words what became of it. Each is a step of its own with its own line of history."""
    step = STEPS_FOR_MANY[name]
    service: Callable[..., Any] = step.service
    try:
        service(enquiry_id=enquiry.pk, officer=request.user, shown=shown, **more)
    except Refused as refusal:
        return False, str(refusal)
    return True, f"{enquiry.reference} {step.done}"
