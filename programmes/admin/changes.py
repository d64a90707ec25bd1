"""What partners propose, for officers: what waits, what would change word by word, and a decision for each fact."""

import re
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from careportal.accounts.requests import SignedInRequest
from careportal.kit import components
from careportal.kit.access import open_to
from programmes import services
from programmes.admin.reviewing import Page
from programmes.exceptions import ChangedMeanwhile, Refused
from programmes.forms_review import DiscussForm
from programmes.models import ListingChange, ProposedField
from programmes.speeds import SPEEDS, Speed

PAGE = "admin:programmes_listingchange_change"


class Standing(admin.SimpleListFilter):
    """How far a change is. My day leads to those that wait for the council."""

    title = "where it stands"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Waits for the council"), ("partner", "With the partner"), ("ended", "Ended")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[ListingChange]") -> "QuerySet[ListingChange]":
        if self.value() == "waiting":
            return queryset.filter(state=ListingChange.State.SUBMITTED)
        if self.value() == "partner":
            return queryset.filter(state__in=[ListingChange.State.DRAFT, ListingChange.State.RETURNED])
        return queryset.filter(ended_at__isnull=False) if self.value() == "ended" else queryset


@admin.register(ListingChange)
class ListingChangeAdmin(admin.ModelAdmin):
    """They are decided by a named step. What a partner has never handed in is nobody else's to read."""

    list_display = ["programme", "partner", "waits", "review", "promised", "stands"]
    list_filter = [Standing]
    list_select_related = ["programme", "partner"]
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("due_on").asc(nulls_last=True), "-pk"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ListingChange]":
        handed_in = super().get_queryset(request).filter(submitted_at__isnull=False)
        return handed_in.prefetch_related("fields")

    def get_urls(self) -> list[URLPattern]:
        decide, write = (self.admin_site.admin_view(view) for view in (self._decide, self._write))
        return [
            path("<int:pk>/decide/", decide, name="programmes_listingchange_decide"),
            path("<int:pk>/write/", write, name="programmes_listingchange_write"),
            *super().get_urls(),
        ]

    @admin.display(description="Facts to decide")
    def waits(self, change: ListingChange) -> int:
        return len(_waiting(change))

    @admin.display(description="Needs")
    def review(self, change: ListingChange) -> str:
        names = _waiting(change)
        if change.state != ListingChange.State.SUBMITTED or not names:
            return "–"
        return "A full review" if any(SPEEDS[name] == Speed.FULL for name in names) else "A quick look"

    @admin.display(description="Promised by")
    def promised(self, change: ListingChange) -> str:
        if change.due_on is None:
            return "–"
        tag = components.tag("Overdue", "red") if change.due_on < timezone.localdate() else ""
        return format_html("{} {}", date_format(change.due_on, "j F Y"), tag)

    @admin.display(description="Where it stands")
    def stands(self, change: ListingChange) -> str:
        return stands(change)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Partner changes", **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._show(request, Page(self._found(request, object_id), request.user))

    @method_decorator([open_to("officer"), require_POST])
    def _decide(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """Approve and return. What cannot be done changes nothing, and comes back with what was typed."""
        page = self._page_to_change(request, pk)
        read = _revision(request)
        if read != page.change.revision:
            return self._show_news(request, pk, read)
        form = page.filled_in(request.POST)
        is_all = "all" in request.POST
        if form is None or not (is_all or form.is_valid()):
            return self._show(request, page) if form else self._show_news(request, pk, read)
        try:
            services.review(
                change_id=pk,
                officer=request.user,
                revision=read,
                approved={*form.names} if is_all else form.approved,
                returned={} if is_all else form.returned,
                public=request.POST.get("public", ""),
            )
        except ChangedMeanwhile:
            return self._show_news(request, pk, read)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self._show(request, page)
        messages.success(request, "Your decisions are stored, and the partner is told by email.")
        return redirect(PAGE, pk)

    @method_decorator([open_to("officer"), require_POST])
    def _write(self, request: SignedInRequest, pk: int) -> HttpResponse:
        page = self._page_to_change(request, pk)
        page.talk = DiscussForm(request.POST, change=page.change)
        if not page.talk.is_valid():
            return self._show(request, page)
        try:
            text = page.talk.cleaned_data["text"]
            services.discuss(change_id=pk, by=request.user, text=text, is_from_council=True)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self._show(request, page)
        messages.success(request, "Sent. The partner is told by email.")
        return redirect(PAGE, pk)

    def _page_to_change(self, request: SignedInRequest, pk: int) -> Page:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return Page(self._found(request, pk), request.user)

    def _found(self, request: HttpRequest, pk: Any) -> ListingChange:
        found = self.get_queryset(request).select_related("programme", "partner", "submitted_by")
        return get_object_or_404(found, pk=pk)

    def _show_news(self, request: SignedInRequest, pk: int, read: int) -> HttpResponse:
        """Nothing was done. What is there now, what has changed since, and what the officer had typed."""
        page = Page(self._found(request, pk), request.user)
        page.show_since(read, request.POST)
        messages.error(request, "This was changed after you opened it. Nothing was done: read it again.")
        return self._show(request, page)

    def _show(self, request: HttpRequest, page: Page) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"{page.change.programme or 'New programme'}: what {page.change.partner} proposes",
            "change": page.change,
            "stands": stands(page.change),
            "is_overdue": page.change.due_on is not None and page.change.due_on < timezone.localdate(),
            "page": page,
            "form": page.form if page.form is not None and page.form.is_bound else None,
            "talk": page.talk,
            "thread": page.change.messages.select_related("by"),
        }
        return TemplateResponse(request, "admin/programmes/listing_change.html", context)


def stands(change: ListingChange) -> str:
    """Where it stands, as the council would say it."""
    return {
        ListingChange.State.DRAFT.value: "The partner is writing again",
        ListingChange.State.RETURNED.value: "Returned to the partner",
        ListingChange.State.DISCARDED.value: "Taken back by the partner",
    }.get(change.state, change.get_state_display())


def _waiting(change: ListingChange) -> set[str]:
    return {field.name for field in change.fields.all() if field.state == ProposedField.State.PROPOSED}


def _revision(request: HttpRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if re.fullmatch("[0-9]{1,9}", given) else -1
