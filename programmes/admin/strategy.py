from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from simple_history.admin import SimpleHistoryAdmin

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from programmes import services
from programmes.exceptions import Refused
from programmes.fields import RowsField
from programmes.forms_plans import ObjectiveForm, StakeholderForm, StrategyForm, WorkstreamForm
from programmes.models import Objective, Stakeholder, Strategy, Workstream


@admin.register(Strategy)
class StrategyAdmin(SimpleHistoryAdmin):
    """There is one, and it is changed, not deleted."""

    form = StrategyForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Strategy.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Strategy, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(Objective)
class ObjectiveAdmin(SimpleHistoryAdmin):
    """An objective with work streams stays."""

    form = ObjectiveForm
    list_display = ["__str__", "strategy"]
    list_select_related = ["strategy"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"strategy": Strategy.objects.first()}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.workstreams.exists())


@admin.register(Stakeholder)
class StakeholderAdmin(SimpleHistoryAdmin):
    """A team or an organisation; one that leads work streams stays."""

    form = StakeholderForm
    list_display = ["name", "kind", "is_member"]
    list_filter = ["kind", "is_member"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.leads.exists())


@admin.register(Workstream)
class WorkstreamAdmin(SimpleHistoryAdmin):
    """A row for each year. The following year begins from this one by a named step."""

    form = WorkstreamForm
    list_display = ["title", "year_name", "objective", "state", "lead"]
    list_filter = ["year", "state", "objective"]
    list_select_related = ["objective", "lead"]
    search_fields = ["title"]

    def get_urls(self) -> list[URLPattern]:
        step = self.admin_site.admin_view(next_year)
        return [path("<int:pk>/next-year/", step, name="programmes_workstream_next_year"), *super().get_urls()]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        boxes = {"form_class": RowsField, "widget": CheckboxSelectMultiple}
        return super().formfield_for_manytomany(db_field, request, **boxes, **options)


@open_to("lead officer")
@require_POST
def next_year(request: SignedInRequest, pk: int) -> HttpResponse:
    """Plan the following year of this work stream, and show it."""
    if not request.user.has_perm("programmes.add_workstream"):
        raise PermissionDenied
    get_object_or_404(Workstream, pk=pk)
    try:
        planned = services.continue_workstream(workstream_id=pk, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:programmes_workstream_change", pk)
    messages.success(request, f"{planned} is planned. Change what will be different.")
    return redirect("admin:programmes_workstream_change", planned.pk)
