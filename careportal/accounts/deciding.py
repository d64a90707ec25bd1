"""Officers decide requests with yes or no: to act for a partner, to take over an organisation."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from careportal.accounts.fresh import fresh_proof_for_changes
from careportal.kit.access import open_to


class Standing(admin.SimpleListFilter):
    """How far a request is. My day leads to those that wait for a decision."""

    title = "where it stands"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Waits for your decision"), ("decided", "Decided")]

    def queryset(self, request: HttpRequest, queryset: Any) -> "QuerySet[Any] | None":
        if self.value() == "waiting":
            return queryset.filter(pk__in=queryset.model.objects.waiting())
        return queryset.filter(decided_at__isnull=False) if self.value() == "decided" else queryset


class DecidedAdmin(admin.ModelAdmin):
    """They are decided by a named step, and never typed over, added or deleted here.

    Whoever inherits names the field with what a request is about, who decides, the service that does it and what that
    one refuses, and the page. The service takes the number of the request, `by` and `granted`.
    """

    about: str
    audience: str
    service: Callable[..., Any]
    refused: type[Exception]
    template: str

    list_filter = [Standing]
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    def page(self, asked: Any) -> dict[str, Any]:
        """The title, and what speaks for or against it."""
        return {"title": str(asked)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        step = open_to(self.audience)(require_POST(self._decide))
        view = self.admin_site.admin_view(fresh_proof_for_changes(step))
        return [path("<int:pk>/decide/", view, name=f"{self._name}_decide"), *super().get_urls()]

    @admin.display(description="Decision")
    def decision(self, asked: Any) -> str:
        if asked.decided_at is None:
            return "Not yet" if asked.is_open else "Has run out"
        return "Yes" if asked.granted else "No"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = self._asked(object_id)
        context = {
            **self.admin_site.each_context(request),
            "asked": asked,
            "members": getattr(asked, self.about).memberships.select_related("user").order_by("role", "user__email"),
            "may_decide": asked.is_open and self.has_change_permission(request),
            **self.page(asked),
        }
        return TemplateResponse(request, self.template, context)

    def _asked(self, pk: object) -> Any:
        return get_object_or_404(self.model._default_manager.select_related(self.about, "user", "decided_by"), pk=pk)

    def _decide(self, request: Any, pk: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        asked: Model = get_object_or_404(self.model, pk=pk)
        answer = request.POST.get("answer")
        try:
            if answer in {"yes", "no"}:
                type(self).service(asked.pk, by=request.user, granted=answer == "yes")
                messages.success(request, "Your decision is stored, and all concerned are told by email.")
        except self.refused as refusal:
            messages.error(request, str(refusal))
        return redirect(f"admin:{self._name}_change", asked.pk)

    @property
    def _name(self) -> str:
        """What Django's own pages of this table are called, without the page."""
        return self.opts.label_lower.replace(".", "_")
