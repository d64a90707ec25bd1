from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from programmes.models import ClosureDay


@admin.register(ClosureDay)
class ClosureDayAdmin(SimpleHistoryAdmin):
    """Days on which the council is closed. Dates that were worked out with them move when one is added or deleted."""

    list_display = ["__str__", "reason"]
    ordering = ["-on"]

    def get_readonly_fields(self, request: HttpRequest, obj: ClosureDay | None = None) -> list[str]:
        return ["on"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_past)
