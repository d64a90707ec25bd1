from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from programmes.models import Partner, PartnerMembership


class PartnerMembershipInline(admin.TabularInline):
    model = PartnerMembership
    raw_id_fields = ["user"]
    extra = 0


@admin.register(Partner)
class PartnerAdmin(SimpleHistoryAdmin):
    """A partner that runs programmes stays: deleting it would take it off every one of them without a word."""

    list_display = ["name", "website", "telephone", "email"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["runs"]
    inlines = [PartnerMembershipInline]

    @admin.display(description="Programmes")
    def runs(self, partner: Partner) -> str:
        """Also says why there is no button to delete it."""
        titles = "; ".join(str(programme) for programme in partner.programmes.all()) if partner.pk else ""
        kept = "This partner cannot be deleted while it runs programmes. Take it off them first."
        return f"{titles}. {kept}" if titles else "None"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.programmes.exists())
