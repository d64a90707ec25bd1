"""Requests to act for a partner: who asks, what speaks for it, who acts for it now, and a yes or no."""

from typing import Any

from django.contrib import admin

from careportal.accounts.deciding import DecidedAdmin
from programmes import domains, services
from programmes.exceptions import Refused
from programmes.models import PartnerRequest


@admin.register(PartnerRequest)
class PartnerRequestAdmin(DecidedAdmin):
    about, audience, template = "partner", "lead officer", "admin/programmes/partner_request.html"
    service, refused = services.decide_request, Refused

    list_display = ["partner", "wish", "asked_at", "decided_at", "decision"]
    list_select_related = ["partner"]

    def page(self, asked: PartnerRequest) -> dict[str, Any]:
        return {
            "title": f"Who acts for {asked.partner}?",
            "domains": domains.domains_of(asked.partner),
            "sign": domains.sign_of(asked.partner, asked.user.email),
        }
