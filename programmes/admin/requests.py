"""Requests to act for a partner: who asks, what speaks for it, who acts for it now, and a yes or no."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from careportal.accounts.fresh import fresh_proof_for_changes
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from programmes import domains, services
from programmes.exceptions import Refused
from programmes.models import PartnerRequest

PAGE = "admin:programmes_partnerrequest_change"


class Standing(admin.SimpleListFilter):
    """How far a request is. My day leads to those that wait for a decision."""

    title = "where it stands"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Waits for your decision"), ("decided", "Decided")]

    def queryset(self, request: HttpRequest, queryset: Any) -> "QuerySet[PartnerRequest] | None":
        if self.value() == "waiting":
            return queryset.waiting()
        return queryset.filter(decided_at__isnull=False) if self.value() == "decided" else queryset


@admin.register(PartnerRequest)
class PartnerRequestAdmin(admin.ModelAdmin):
    """They are decided by a named step, and never typed over, added or deleted here."""

    list_display = ["partner", "wish", "asked_at", "decided_at", "decision"]
    list_filter = [Standing]
    list_select_related = ["partner"]
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(fresh_proof_for_changes(self._decide))
        return [path("<int:pk>/decide/", decide, name="programmes_partnerrequest_decide"), *super().get_urls()]

    @admin.display(description="Decision")
    def decision(self, asked: PartnerRequest) -> str:
        if asked.decided_at is None:
            return "Not yet" if asked.is_open else "Has run out"
        return "Yes" if asked.granted else "No"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = get_object_or_404(PartnerRequest.objects.select_related("partner", "user", "decided_by"), pk=object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Who acts for {asked.partner}?",
            "asked": asked,
            "domains": domains.domains_of(asked.partner),
            "sign": domains.sign_of(asked.partner, asked.user.email),
            "members": asked.partner.memberships.select_related("user").order_by("role", "user__email"),
            "may_decide": asked.is_open and self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/programmes/partner_request.html", context)

    @method_decorator([open_to("lead officer"), require_POST])
    def _decide(self, request: SignedInRequest, pk: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        asked = get_object_or_404(PartnerRequest, pk=pk)
        answer = request.POST.get("answer")
        try:
            if answer in {"yes", "no"}:
                services.decide_request(request_id=asked.pk, by=request.user, granted=answer == "yes")
                messages.success(request, "Your decision is stored, and all concerned are told by email.")
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(PAGE, asked.pk)
