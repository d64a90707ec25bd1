"""The queue: the enquiries that are open, narrowed by filters or found by words that stay out of addresses."""

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from careportal.accounts import access
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import queue
from enquiries.admin import searches
from enquiries.admin.forms_queue import QueueForm, SearchForm, ViewNameForm
from enquiries.admin.many import STEPS_FOR_MANY
from enquiries.admin.showing import page_for
from enquiries.models import Enquiry

LIST = "admin:enquiries_enquiry_changelist"


def urls(site: AdminSite) -> list[URLPattern]:
    return [path("search/", site.admin_view(search), name="enquiries_enquiry_search")]


def show(request: SignedInRequest, search_form: SearchForm | None = None) -> HttpResponse:
    """The page, in as few queries for fifty rows as for one. A search that was refused comes back with its form."""
    known = queue.known(request.user)
    form = QueueForm(request.GET, known)
    words = searches.words_of(request, form.search_key)
    found = form.choose_from(officer=request.user, words=words)
    page = queue.page_of(found, request.GET.get("page", "1"))
    rows = queue.rows_of(page, known.closed)
    access.note_listed(request.user, "enquiries.enquiry", (one.pk for one in page), searched=bool(words))
    may_change = request.user.has_perm("enquiries.change_enquiry")
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "search_form": search_form or SearchForm(initial={"words": words}),
        "search_is_gone": words is None,
        "words": words,
        "views": known.view,
        "view_form": ViewNameForm() if may_change and form.query else None,
        "steps": STEPS_FOR_MANY if may_change else {},
        "capped": queue.COUNTED_AT_MOST,
    }
    return page_for(request, "queue", "Enquiries", **context)


@open_to("staff")
@require_http_methods(["GET", "POST"])
def search(request: SignedInRequest) -> HttpResponse:
    """Keeps the words and shows what is found under a key; with a whole reference, the enquiry itself."""
    if not request.user.has_perm("enquiries.view_enquiry"):
        raise PermissionDenied
    if request.method != "POST":
        return redirect(LIST)
    form = SearchForm(request.POST)
    request.GET = QueryDict(request.POST.get("filters", ""))
    if not form.is_valid():
        return show(request, form)
    words = form.cleaned_data["words"]
    known_by_it = Enquiry.objects.filter(reference=words.upper()).first()
    if known_by_it:
        return redirect(known_by_it)
    filters = QueueForm(request.GET, queue.known(request.user)).query
    key = searches.keep(request, words)
    return redirect(f"{reverse(LIST)}?{filters}{'&' if filters else ''}found={key}")
