"""Exports: ask for one, see how far it is, download it. For those who have the right, each only their own (AZ19)."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from crispy_forms.layout import Layout
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from careportal.accounts.fresh import fresh_proof_for_changes, has_fresh_proof
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.exports import FORMATS, file_name
from careportal.kit.fields import ChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Link, Question
from enquiries.admin import searches
from enquiries.admin.found import enquiries_found, filter_codes, search_key
from enquiries.admin.paging import COUNTED_AT_MOST
from enquiries.exceptions import Refused
from enquiries.models import Export
from enquiries.services import exports
from enquiries.tables import table_of

QUEUE = "admin:enquiries_enquiry_changelist"
LONGEST_QUERY = 2000
REFRESH_SECONDS = "5"


class ExportForm(GovukForm):
    """What the file holds and for which program. The list's filters travel along unseen."""

    what = ChoiceField(
        label="What should the file hold?",
        choices=Export.What.choices,
        missing="Select what to export",
        hints={what: f"Columns: {', '.join(table_of(what).header)}" for what in Export.What.values},
    )
    file_format = ChoiceField(
        label="Which kind of file?",
        choices=Export.Format.choices,
        missing="Select the kind of file",
        hints={
            Export.Format.CSV: "For any program. A text that looks like a formula begins with an apostrophe.",
            Export.Format.XLSX: "For Excel or LibreOffice. Every text stands there as it was typed.",
        },
    )
    query = forms.CharField(required=False, max_length=LONGEST_QUERY, widget=forms.HiddenInput, strip=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.form_action = reverse("admin:enquiries_export")
        self.helper.render_hidden_fields = True
        self.helper.layout = Layout(
            Question("what"), Question("file_format"), Continue("Export", Link("Back to the list", reverse(QUEUE)))
        )


def addresses(site: admin.AdminSite) -> list[URLPattern]:
    """To be put before those of one enquiry."""
    return [
        path("export/", site.admin_view(_ask), name="enquiries_export"),
        path("export/<uuid:export>/", site.admin_view(_progress), name="enquiries_export_progress"),
        path("export/<uuid:export>/file/", site.admin_view(_download), name="enquiries_export_file"),
    ]


def _for_exporters(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Export is a right of its own (EX2). It is looked at before any proof is asked for."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("enquiries.export_enquiry"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@open_to("lead officer")
@require_http_methods(["GET", "HEAD", "POST"])
@_for_exporters
@fresh_proof_for_changes
def _ask(request: SignedInRequest) -> HttpResponse:
    """The filters come in the address, from the list; they go on in the form."""
    form = ExportForm(request.POST) if request.method == "POST" else ExportForm(initial={"query": _query(request)})
    query = str(form["query"].value() or "")[:LONGEST_QUERY]
    words, codes = searches.words_of(request, search_key(query)), filter_codes(query, request.user)
    if words is None:
        return redirect(f"{reverse(QUEUE)}?{query}")  # which says that the search is not kept any longer
    if form.is_valid():
        try:
            export = exports.ask_for_export(by=request.user, filters=codes, words=words, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(f"{reverse('admin:enquiries_export_progress', args=[export.pk])}?watch=1")
    count = enquiries_found(query, request.user, words).order_by()[:COUNTED_AT_MOST].count()
    kept = Export.objects.kept_for(request.user)
    context = {"form": form, "count": count, "many": COUNTED_AT_MOST, "filters": codes, "kept": kept}
    return _page(request, "export", "Export", **context)


@open_to("lead officer")
@require_safe
@_for_exporters
def _progress(request: SignedInRequest, export: uuid.UUID) -> HttpResponse:
    """How far it is. It looks again by itself only while somebody wants that."""
    found = get_object_or_404(Export.objects.kept_for(request.user), pk=export)
    watched = found.is_under_way and request.GET.get("watch") == "1"
    response = _page(request, "export_progress", "Your export", export=found, watched=watched)
    if watched:
        response["Refresh"] = REFRESH_SECONDS
    return response


@open_to("lead officer")
@require_safe
@_for_exporters
def _download(request: SignedInRequest, export: uuid.UUID) -> HttpResponseBase:
    """The whole file, as an attachment, to its owner, who has shown the second factor lately."""
    ready = Export.objects.kept_for(request.user).filter(state=Export.State.READY)
    found = get_object_or_404(ready, pk=export)
    if not has_fresh_proof(request):
        raise ReauthenticationRequired
    if request.method == "GET":
        exports.note_download(found)
    name = file_name(f"{found.what} {timezone.localdate(found.created_at)}", found.file_format)
    response = StreamingHttpResponse(found.content(), content_type=FORMATS[found.file_format].media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Length"] = str(found.size)
    return response


def _query(request: HttpRequest) -> str:
    """The list's filters from the address. A view of the list is short; what is longer was made up."""
    asked = request.GET.copy()
    asked.pop("page", None)
    if len(query := asked.urlencode()) > LONGEST_QUERY:
        raise SuspiciousOperation("These filters are too long.")
    return query


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    whole = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/enquiries/{template}.html", whole)
