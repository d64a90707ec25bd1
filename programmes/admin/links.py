from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator

from programmes.models import LinkCheck


@admin.register(LinkCheck)
class LinkCheckAdmin(admin.ModelAdmin):
    """What the weekly look at links found. Nobody changes it: the listing is changed, and it is looked at again."""

    list_display = ["state", "found", "stands_in", "leads_to", "since", "checked_at"]
    list_display_links = None
    list_filter = ["state"]
    search_fields = ["url"]
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> "QuerySet[LinkCheck]":
        return super().get_queryset(request).prefetch_related("places__programme", "places__partner")

    @admin.display(description="Where it leads", ordering="url")
    def leads_to(self, link: LinkCheck) -> str:
        return Truncator(link.url).chars(60)

    @admin.display(description="Found in")
    def stands_in(self, link: LinkCheck) -> str:
        return ", ".join(f"{place.owner} ({place.field.replace('_', ' ')})" for place in link.places.all())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
