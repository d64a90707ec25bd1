from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from programmes.models import Partner, PartnerMembership


class PartnerMembershipInline(admin.TabularInline):
    model = PartnerMembership
    raw_id_fields = ["user"]
    extra = 0


@admin.register(Partner)
class PartnerAdmin(SimpleHistoryAdmin):
    list_display = ["name", "website", "telephone", "email"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [PartnerMembershipInline]
