import email
import email.policy
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from careportal.accounts import access
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import queries, services
from enquiries.admin.forms import AnotherAddressForm, MailListForm
from enquiries.admin.paging import PAGE_LENGTH, CappedPaginator
from enquiries.admin.steps import MAIL_STEPS, found_or_404, perform, steps_of
from enquiries.exceptions import AddressRefused, Refused
from enquiries.models import OutgoingMail


@admin.register(OutgoingMail)
class OutgoingMailAdmin(admin.ModelAdmin):
    """Mails with what became of them. Sign-in codes are not among them."""

    def get_queryset(self, request: HttpRequest) -> "QuerySet[OutgoingMail]":
        return OutgoingMail.objects.readable_by_officers().defer("raw", "text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        step, elsewhere = self.admin_site.admin_view(_step), self.admin_site.admin_view(_elsewhere)
        return [
            path("<int:pk>/do/<slug:name>/", step, name="enquiries_outgoingmail_step"),
            path("<int:pk>/another-address/", elsewhere, name="enquiries_outgoingmail_elsewhere"),
            *super().get_urls(),
        ]

    def changelist_view(
        self,
        request: SignedInRequest,  # type: ignore[override]
        extra_context: Any = None,
    ) -> HttpResponse:
        """What needs somebody, the oldest first; other mails when they are asked for."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = MailListForm(request.GET)
        found = form.choose_from(queries.listed_mails())
        page = CappedPaginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
        may_change = self.has_change_permission(request)
        rows = [(mail, *steps_of(mail, may_change)) for mail in page]
        access.note_listed(request.user, "enquiries.outgoingmail", (mail.pk for mail, *_ in rows))
        context = {"form": form, "page": page, "rows": rows, "delayed_before": queries.delayed_before()}
        return _page(request, "mails", "Mail", **context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One mail: its attempts, and in embedded mode, where it never left, its text."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        mails = OutgoingMail.objects.readable_by_officers().select_related("enquiry").prefetch_related("attempts")
        mail = found_or_404(mails, object_id)
        steps, can_redirect = steps_of(mail, self.has_change_permission(request, mail))
        context = {"mail": mail, "steps": steps, "can_redirect": can_redirect, "kept": _kept(mail)}
        return _page(request, "mail", mail.subject, **context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The attempts are on the mail's own page."""
        return redirect("admin:enquiries_outgoingmail_change", object_id)


@open_to("officer")
@require_POST
def _step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail.objects.readable_by_officers(), pk=pk)
    perform(request, MAIL_STEPS, name, mail_id=pk)
    return redirect(_came_from(request) or mail.enquiry or "admin:enquiries_outgoingmail_changelist")


@open_to("officer")
@require_http_methods(["GET", "POST"])
def _elsewhere(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks for another address. A refusal is shown at the field, and what was typed is kept."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    mail = get_object_or_404(OutgoingMail.objects.readable_by_officers().select_related("enquiry"), pk=pk)
    if mail.enquiry is None:
        raise Http404
    back = reverse("admin:enquiries_outgoingmail_change", args=[pk])
    form = AnotherAddressForm(request.POST or None, mail=mail, back=back)
    if form.is_valid() and _redirect(request, form):
        return redirect(mail.enquiry or back)
    context = {"mail": mail, "form": form, "back": back, "inbox_domains": settings.INBOX_DOMAINS}
    return _page(request, "another_address", "Send to another address", **context)


def _redirect(request: SignedInRequest, form: AnotherAddressForm) -> bool:
    """Whether the officer is done here: the mail is on its way to the new address, or cannot be sent any more."""
    try:
        services.redirect_mail(mail_id=form.mail.pk, address=form.cleaned_data["address"], officer=request.user)
    except AddressRefused as refusal:
        form.add_error("address", str(refusal))
        return False
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "The mail goes to the other address instead.")
    return True


def _came_from(request: HttpRequest) -> str:
    """The list that the step was taken from, with its filters, or a request about information. Only ours count."""
    wanted = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    pages = (reverse("admin:enquiries_outgoingmail_changelist"), reverse("information-requests"))
    return wanted if is_ours and wanted.startswith(pages) else ""


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    whole = {**admin.site.each_context(request), "title": title, "now": timezone.now(), **context}
    return TemplateResponse(request, f"admin/enquiries/{template}.html", whole)


def _kept(mail: OutgoingMail) -> dict[str, Any] | None:
    """Headers and text of a mail that never left this machine."""
    if not (settings.EMBEDDED and mail.raw):
        return None
    message = email.message_from_bytes(bytes(mail.raw), policy=email.policy.default)
    return {"headers": list(message.items()), "text": message.get_content()}
