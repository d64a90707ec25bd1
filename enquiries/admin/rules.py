"""Who can get a programme: its rules, and before they are saved, what they would have meant for past applicants."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_http_methods

from careportal.accounts import access
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import rehearsal
from enquiries.admin.showing import page_for
from programmes.forms_rules import FIELDS, RulesFormSet
from programmes.models import EligibilityRule, Programme

NOT_CARRIED = {"csrfmiddlewaretoken", "seen", "again"}


@open_to("lead officer")
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def rules(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rules are typed, then rehearsed, then saved: nothing is saved of which the effect was not shown."""
    if not request.user.has_perm("programmes.change_eligibilityrule"):
        raise PermissionDenied
    programme = get_object_or_404(Programme.objects.select_for_update(of=("self",)), pk=pk)
    formset = RulesFormSet(request.POST if request.method == "POST" else None, instance=programme, prefix="rules")
    if request.method != "POST" or not formset.is_valid() or "again" in request.POST:
        return page_for(request, "rules", f"Rules: {programme}", programme=programme, formset=formset)
    mark, seen = _mark(programme, formset), request.POST.get("seen", "")
    if constant_time_compare(seen, mark):
        return _save(request, programme, formset)
    return _show(request, programme, formset, mark=mark, is_news=bool(seen))


def _save(request: SignedInRequest, programme: Programme, formset: Any) -> HttpResponse:
    formset.save()
    access.note_changed(request.user, "programmes.programme", [programme.pk], what="changed", fields=["rules"])
    messages.success(request, "The rules are saved. They hold from now on; what was decided stays.")
    return redirect("admin:programmes_programme_change", programme.pk)


def _show(request: SignedInRequest, programme: Programme, formset: Any, *, mark: str, is_news: bool) -> HttpResponse:
    """What would change. Whoever may not see enquiries sees how many, and not which."""
    found = rehearsal.rehearse(programme, formset.rules())
    sees_which = request.user.has_perm("enquiries.view_enquiry")
    if sees_which:
        access.note_listed(request.user, "enquiries.enquiry", found.shown)
    context = {
        "programme": programme,
        "rehearsal": found,
        "sees_which": sees_which,
        "carried": list(_carried(request)),
        "mark": mark,
        "is_news": is_news,
    }
    return page_for(request, "rules_rehearsed", f"What would change: {programme}", **context)


def _carried(request: SignedInRequest) -> Iterator[tuple[str, str]]:
    """What was typed, to be sent again as it is."""
    for name, values in request.POST.lists():
        if name not in NOT_CARRIED:
            yield from ((name, str(value)) for value in values)


def _mark(programme: Programme, formset: Any) -> str:
    """Of the rules as they are and as they would be. With another one on either side, the effect is shown again."""
    both = [[_said(rule) for rule in rules] for rules in (programme.eligibility_rules.all(), formset.rules())]
    return salted_hmac("enquiries.rules", json.dumps([programme.pk, both]), algorithm="sha256").hexdigest()


def _said(rule: EligibilityRule) -> list[Any]:
    return [rule.pk, rule.accepts, *(getattr(rule, name) for name in FIELDS)]
