from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from enquiries.models import RoutingRule


@admin.register(RoutingRule)
class RoutingRuleAdmin(SimpleHistoryAdmin):
    list_display = ["__str__", "programme", "theme", "inbox"]
    list_select_related = ["programme"]
