from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from providers.models import Membership, Provider


class MembershipInline(admin.TabularInline):
    """Who acts for it. People come by an application, an invitation or a handover, and go by an owner's word."""

    model = Membership
    fields = ("user", "role")
    readonly_fields = ("user", "role")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):
    list_display = ["name", "type", "postcode", "cqc_provider_id"]
    list_filter = ["type"]
    search_fields = ["name", "cqc_provider_id", "postcode"]
    readonly_fields = ["answers_on", "second_email", "second_proved_at"]
    inlines = [MembershipInline]
