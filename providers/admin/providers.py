from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from providers.models import Membership, Provider


class MembershipInline(admin.TabularInline):
    """Who acts for it. People come by an application, an invitation or a handover, and go by an owner's word."""

    model = Membership
    verbose_name_plural = "Who acts for it"
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
    readonly_fields = ["registered", "answers_on", "second_email", "second_proved_at"]
    exclude = ["cqc_registered"]
    inlines = [MembershipInline]

    @admin.display(description="Registered with the CQC")
    def registered(self, provider: Provider) -> str:
        """As the provider said it: a code, which nobody is to type."""
        return {"yes": "Yes", "no": "No"}.get(provider.cqc_registered, "Not known")
