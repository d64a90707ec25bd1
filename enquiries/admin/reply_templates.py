from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from simple_history.admin import SimpleHistoryAdmin

from enquiries.models import ReplyTemplate


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(SimpleHistoryAdmin):
    """Words that officers begin a message with. What cannot be filled in is refused on saving (MO19)."""

    list_display = ["name", "text"]
    fields = ["name", "text"]

    def response_post_save_add(self, request: HttpRequest, obj: ReplyTemplate) -> HttpResponse:
        return redirect("admin:enquiries_replytemplate_changelist")

    response_post_save_change = response_post_save_add
