"""Requests to take over an organisation, for officers: who asks, what proves it, who holds it now, and a yes or no."""

from typing import Any

from django.contrib import admin

from careportal.accounts.deciding import DecidedAdmin
from providers import services
from providers.exceptions import Refused
from providers.models import Handover


@admin.register(Handover)
class HandoverAdmin(DecidedAdmin):
    about, audience, template = "provider", "officer", "admin/providers/handover.html"
    service, refused = services.decide_handover, Refused

    list_display = ["provider", "asked_at", "proved_at", "decided_at", "decision"]
    list_select_related = ["provider"]

    def page(self, asked: Handover) -> dict[str, Any]:
        return {"title": f"Who takes over {asked.provider}?"}
