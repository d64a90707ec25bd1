"""What the public reports about pages, for officers: all of it, and what became of it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from programmes.exceptions import Refused
from programmes.forms_reports import AnswerReportForm
from programmes.models import ListingReport
from programmes.services import reports

PAGE = "admin:programmes_listingreport_change"


@admin.register(ListingReport)
class ListingReportAdmin(admin.ModelAdmin):
    """Answered and closed by named steps, never typed over."""

    list_display = ["programme", "kind", "state", "answer", "made_at", "ended_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["programme"]
    show_facets = admin.ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        answer, close = (self.admin_site.admin_view(step) for step in (self._answer, self._close))
        return [
            path("<int:pk>/answer/", answer, name="programmes_listingreport_answer"),
            path("<int:pk>/close/", close, name="programmes_listingreport_close"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._show(request, self._report(object_id), AnswerReportForm())

    def _report(self, number: str | int) -> ListingReport:
        return get_object_or_404(ListingReport.objects.select_related("programme", "ended_by"), pk=number)

    def _show(self, request: HttpRequest, report: ListingReport, form: AnswerReportForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"A report about {report.programme}",
            "report": report,
            "form": form,
            "may_answer": report.is_open and self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/programmes/report.html", context)

    @method_decorator([open_to("officer"), require_POST])
    def _answer(self, request: SignedInRequest, pk: int) -> HttpResponse:
        self._refuse(request)
        report, form = self._report(pk), AnswerReportForm(request.POST)
        if not form.is_valid():
            return self._show(request, report, form)
        return self._done(
            request, pk, lambda: reports.answer_report(report_id=pk, by=request.user, **form.cleaned_data)
        )

    @method_decorator([open_to("officer"), require_POST])
    def _close(self, request: SignedInRequest, pk: int) -> HttpResponse:
        self._refuse(request)
        self._report(pk)
        return self._done(request, pk, lambda: reports.close_report(report_id=pk, by=request.user))

    def _refuse(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied

    def _done(self, request: HttpRequest, pk: int, step: Any) -> HttpResponse:
        try:
            step()
            messages.success(request, "It is stored. If somebody left an address, they are told.")
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(PAGE, pk)
