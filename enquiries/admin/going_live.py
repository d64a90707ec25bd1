"""A new programme before it is public: everything that must be true, with the page on which each is set."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries.admin.showing import page_for
from enquiries.models import RoutingRule
from programmes import golive, services
from programmes.exceptions import Refused
from programmes.forms_review import GoLiveForm
from programmes.golive import Item
from programmes.models import Programme


@open_to("lead officer")
@require_http_methods(["GET", "HEAD", "POST"])
def go_live(request: SignedInRequest, pk: int) -> HttpResponse:
    """Looked at by opening it; published by the button, if nothing is open."""
    if not request.user.has_perm("programmes.change_programme"):
        raise PermissionDenied
    programme = get_object_or_404(Programme.objects.prefetch_related("partners", "intakes"), pk=pk)
    form = GoLiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.publish(programme_id=pk, officer=request.user, said=form.said)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "The programme is public now. The partner is told by email.")
            return redirect("admin:programmes_programme_change", pk)
    said = form.said if form.is_bound and form.is_valid() else set()
    items = [_routing(programme), *golive.checklist(programme, said)]
    title = f"Before it is public: {programme}"
    return page_for(request, "go_live", title, programme=programme, items=items, asked=form)


def _routing(programme: Programme) -> Item:
    """Always somewhere: without a rule, in the council's own inbox (PA9: no partner has a say in it)."""
    inbox = RoutingRule.with_inboxes(Programme.objects.filter(pk=programme.pk)).get().inbox  # type: ignore[attr-defined]
    page = reverse("admin:enquiries_routingrule_changelist")
    return Item("routing", "Where applications go", bool(inbox), f"To {inbox}.", page, "The routing rules")
