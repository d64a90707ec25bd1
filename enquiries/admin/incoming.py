"""The tray: mail that came to the business forum inbox, what has to be sorted first, and each mail with its steps."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from careportal.accounts import access
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import belonging
from enquiries.admin import incoming_adding, incoming_many, incoming_misplaced, incoming_papers, incoming_search
from enquiries.admin.forms_incoming import IncomingSearchForm
from enquiries.admin.incoming_steps import ABOUT, FOR_MANY, INCOMING_STEPS, outcome
from enquiries.admin.paging import COUNTED_AT_MOST, PAGE_LENGTH, CappedPaginator
from enquiries.admin.showing import page_for
from enquiries.admin.steps import Step, found_or_404, offered
from enquiries.models import IncomingMail

State = IncomingMail.State


@admin.register(IncomingMail)
class IncomingMailAdmin(admin.ModelAdmin):
    """Mail is read here and decided about by named steps. Nothing of it is changed, added or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: IncomingMail | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        step = self.admin_site.admin_view(_step)
        return [
            path("<int:pk>/do/<slug:name>/", step, name="enquiries_incomingmail_step"),
            *incoming_many.urls(self.admin_site),
            *incoming_adding.urls(self.admin_site),
            *incoming_misplaced.urls(self.admin_site),
            *incoming_papers.urls(self.admin_site),
            *incoming_search.urls(self.admin_site),
            *super().get_urls(),
        ]

    def changelist_view(
        self,
        request: SignedInRequest,  # type: ignore[override]
        extra_context: Any = None,
    ) -> HttpResponse:
        """What is to sort, the oldest first; other mail when it is asked for. As many queries for fifty as for one."""
        self._must_view(request)
        form = incoming_search.list_form(request, request.GET)
        found = form.choose_from(IncomingMail.objects.listed().select_related("enquiry", "decided_by"))
        page = CappedPaginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
        access.note_listed(request.user, ABOUT, (mail.pk for mail in page), searched=bool(form.words))
        steps = _for_many(form.shown) if request.user.has_perm("enquiries.change_enquiry") else []
        context = {
            "form": form,
            "search_form": IncomingSearchForm(initial={"words": form.words}),
            "search_is_gone": form.words is None,
            "held": IncomingMail.objects.filter(state=State.HELD).count() if form.shown != State.HELD else 0,
            "page": page,
            "rows": list(page),
            "steps": steps,
            "capped": COUNTED_AT_MOST,
        }
        return page_for(request, "incoming_list", "Mail that came in", **context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One mail: who it says it is from, what it says, which enquiry it may belong to, and what can be done."""
        self._must_view(request)
        mail = found_or_404(IncomingMail.objects.select_related("enquiry", "decided_by"), object_id)
        may_change = request.user.has_perm("enquiries.change_enquiry")
        waits = mail.state in {State.SORT, State.HELD}
        context = {
            "mail": mail,
            "steps": offered(INCOMING_STEPS, mail.state) if may_change else [],
            "likely": belonging.likely(mail) if waits else [],
            "may_change": may_change,
            "waits": waits,
            **incoming_papers.shown_of(mail),
            **_walk(mail),
        }
        return page_for(request, "incoming", mail.subject or "No subject", **context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What was decided is on the mail's own page."""
        return redirect("admin:enquiries_incomingmail_change", object_id)

    def _must_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


@open_to("officer")
@require_POST
def _step(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """Back to the mail's page: there it says what became of it, how to undo that, and which is the next."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    if name not in INCOMING_STEPS:
        raise Http404
    mail = get_object_or_404(IncomingMail.objects.listed(), pk=pk)
    done, words = outcome(name, mail=mail, officer=request.user, shown=request.POST.get("shown", ""))
    (messages.success if done else messages.warning)(request, words)
    return redirect("admin:enquiries_incomingmail_change", pk)


def _for_many(state: str) -> list[tuple[str, Step]]:
    return [(name, step) for name, step in offered(INCOMING_STEPS, state) if name in FOR_MANY]


def _walk(mail: IncomingMail) -> dict[str, Any]:
    """How many others are to sort, and the next of them after this one, so that one may also be passed over."""
    others = IncomingMail.objects.to_sort().exclude(pk=mail.pk)
    later = Q(received_at__gt=mail.received_at) | Q(received_at=mail.received_at, pk__gt=mail.pk)
    return {"left": others.count(), "next": others.filter(later).listed().first()}
