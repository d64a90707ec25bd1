from django.contrib import admin

from providers.models import Membership, Provider


class MembershipInline(admin.TabularInline):
    model = Membership
    raw_id_fields = ["user"]
    extra = 0


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):
    list_display = ["name", "type", "postcode", "cqc_provider_id"]
    list_filter = ["type"]
    search_fields = ["name", "cqc_provider_id", "postcode"]
    inlines = [MembershipInline]
