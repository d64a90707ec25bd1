from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from simple_history.admin import SimpleHistoryAdmin

from careportal.kit.placeholders import UnknownPlaceholder
from enquiries import letters
from enquiries.models import Wording


@admin.register(Wording)
class WordingAdmin(SimpleHistoryAdmin):
    """The council's own words in letters. What cannot be filled in is refused on saving (MO19)."""

    list_display = ["__str__", "text"]
    fields = ["part", "text"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one wording of each part."""
        return super().has_add_permission(request) and Wording.objects.count() < len(Wording.Part)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"part": Wording.Part.WHAT_NEXT}

    def get_readonly_fields(self, request: HttpRequest, obj: Wording | None = None) -> list[str]:
        return ["part"] if obj else []

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form, and below it the letter with made-up values, as it reads now."""
        context = {"show_save_and_continue": False, **_letter(), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def response_post_save_add(self, request: HttpRequest, obj: Wording) -> HttpResponse:
        return redirect("admin:enquiries_wording_change", obj.pk)  # where the letter is shown

    response_post_save_change = response_post_save_add


def _letter() -> dict[str, Any]:
    """The letter as people get it now. Where the saved words cannot be used, that is the built-in one."""
    saved = Wording.objects.filter(part=Wording.Part.WHAT_NEXT).first()
    try:
        return {"letter": letters.sample(saved.text if saved else ""), "trouble": saved.trouble if saved else ""}
    except UnknownPlaceholder:
        return {"letter": letters.sample(""), "trouble": saved.trouble if saved else ""}
