import email
import email.policy
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from careportal.kit.access import open_to
from enquiries.admin.steps import MAIL_STEPS, found_or_404, offered, perform
from enquiries.models import OutgoingMail


@admin.register(OutgoingMail)
class OutgoingMailAdmin(admin.ModelAdmin):
    """Mails with what became of them. Sign-in codes are not among them."""

    list_display = ["subject", "kind", "state", "created_at", "sent_at", "attempts_made"]
    list_filter = ["state", "kind"]
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> "QuerySet[OutgoingMail]":
        return OutgoingMail.objects.readable_by_officers().defer("raw", "text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        step = self.admin_site.admin_view(_step)
        return [path("<int:pk>/do/<slug:name>/", step, name="enquiries_outgoingmail_step"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One mail: its attempts, and in embedded mode, where it never left, its text."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        mails = OutgoingMail.objects.readable_by_officers().select_related("enquiry").prefetch_related("attempts")
        mail = found_or_404(mails, object_id)
        steps = offered(MAIL_STEPS, mail.state) if self.has_change_permission(request, mail) else []
        context = {"title": mail.subject, "mail": mail, "steps": steps, "kept": _kept(mail)}
        whole = {**self.admin_site.each_context(request), **context}
        return TemplateResponse(request, "admin/enquiries/mail.html", whole)


@open_to("officer")
@require_POST
def _step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail.objects.readable_by_officers(), pk=pk)
    perform(request, MAIL_STEPS, name, mail_id=pk)
    return redirect(mail.enquiry or "admin:enquiries_outgoingmail_changelist")


def _kept(mail: OutgoingMail) -> dict[str, Any] | None:
    """Headers and text of a mail that never left this machine."""
    if not (settings.EMBEDDED and mail.raw):
        return None
    message = email.message_from_bytes(bytes(mail.raw), policy=email.policy.default)
    return {"headers": list(message.items()), "text": message.get_content()}
