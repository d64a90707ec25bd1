"""One step for many mails at once: chosen in the list, read over on a page of their own, then done one by one."""

import re
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries.admin import incoming_search
from enquiries.admin.incoming_steps import FOR_MANY, INCOMING_STEPS, outcome
from enquiries.admin.many import AT_MOST
from enquiries.admin.showing import page_for
from enquiries.models import IncomingMail

LIST = "admin:enquiries_incomingmail_changelist"
GONE = "Nothing of what you selected is in this list any more: it has been dealt with. Nothing more was done."


def urls(site: AdminSite) -> list[URLPattern]:
    return [path("many/", site.admin_view(many), name="enquiries_incomingmail_many")]


@open_to("officer")
@require_POST
def many(request: SignedInRequest) -> HttpResponse:
    """What will be done is read over first. Numbers that the list did not hold are passed over (AD6)."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    name = request.POST.get("step", "")
    if name not in FOR_MANY:
        raise Http404
    form = incoming_search.list_form(request, QueryDict(request.POST.get("filters", "")))
    picked = _picked(request)
    chosen = list(form.choose_from(IncomingMail.objects.listed()).filter(pk__in=picked))
    back = f"{reverse(LIST)}?{form.asked.urlencode()}"
    if not chosen:
        messages.warning(request, GONE if picked else "Select at least one mail of the list first.")
        return redirect(back)
    step = INCOMING_STEPS[name]
    context = {"name": name, "step": step, "back": back, "gone": len(picked) - len(chosen)}
    if "confirmed" not in request.POST:
        rows = [(mail, picked[mail.pk]) for mail in chosen]
        asked = {"rows": rows, "filters": form.asked.urlencode()}
        return page_for(request, "incoming_many", f"{step.label}: {len(rows)}", **context, **asked)
    done = [(mail, *outcome(name, mail=mail, officer=request.user, shown=picked[mail.pk])) for mail in chosen]
    undo = f"{reverse(LIST)}?{urlencode({'state': _where(name)})}" if name != "take-back" else ""
    return page_for(request, "incoming_many_done", f"{step.label}: done", **context, done=done, undo=undo)


def _where(name: str) -> str:
    """The list in which what was set aside is found again."""
    state = IncomingMail.State
    return {"elsewhere": state.OTHER, "unwanted": state.SPAM, "hold": state.HELD, "release": state.SORT}[name]


def _picked(request: SignedInRequest) -> dict[int, str]:
    """The numbers that were ticked, each with what the list showed of it."""
    ticked = (re.fullmatch(r"([0-9]{1,18}):([a-z]+-[0-9]+-[0-9]+)", value) for value in request.POST.getlist("pick"))
    return {int(one[1]): one[2] for one in list(filter(None, ticked))[:AT_MOST]}
