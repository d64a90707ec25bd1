"""Requests to take over an organisation, for officers: who asks, what proves it, who holds it now, and a yes or no."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from providers import services
from providers.exceptions import Refused
from providers.models import Handover

PAGE = "admin:providers_handover_change"


@admin.register(Handover)
class HandoverAdmin(admin.ModelAdmin):
    """They are decided by a named step, and never typed over, added or deleted here."""

    list_display = ["provider", "asked_at", "proved_at", "decided_at", "granted"]
    list_filter = ["granted"]
    list_select_related = ["provider"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self._decide)
        return [path("<int:pk>/decide/", decide, name="providers_handover_decide"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        handover = get_object_or_404(Handover.objects.select_related("provider", "user", "decided_by"), pk=object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Who takes over {handover.provider}?",
            "handover": handover,
            "members": handover.provider.memberships.select_related("user").order_by("role", "user__email"),
            "may_decide": handover.is_open and self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/providers/handover.html", context)

    @method_decorator([open_to("officer"), require_POST])
    def _decide(self, request: SignedInRequest, pk: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        handover = get_object_or_404(Handover, pk=pk)
        answer = request.POST.get("answer")
        try:
            if answer in {"yes", "no"}:
                services.decide_handover(handover_id=handover.pk, by=request.user, granted=answer == "yes")
                messages.success(request, "Your decision is stored, and all concerned are told by email.")
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(PAGE, handover.pk)
