"""Searching the tray by words. They are posted and kept in the session, and never stand in an address (AD12)."""

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries.admin import searches
from enquiries.admin.forms_incoming import IncomingListForm, IncomingSearchForm
from enquiries.admin.showing import page_for

LIST = "admin:enquiries_incomingmail_changelist"


def urls(site: AdminSite) -> list[URLPattern]:
    return [path("search/", site.admin_view(search), name="enquiries_incomingmail_search")]


@open_to("staff")
@require_POST
def search(request: SignedInRequest) -> HttpResponse:
    """Keeps the words, and shows what is found among what the list shows, under a key."""
    if not request.user.has_perm("enquiries.view_incomingmail"):
        raise PermissionDenied
    form, asked = IncomingSearchForm(request.POST), QueryDict(request.POST.get("filters", ""), mutable=True)
    if not form.is_valid():
        return page_for(
            request, "incoming_search", "Search mail that came in", search_form=form, filters=asked.urlencode()
        )
    listed = IncomingListForm(asked).asked
    listed["found"] = searches.keep(request, form.cleaned_data["words"])
    return redirect(f"{reverse(LIST)}?{listed.urlencode()}")


def list_form(request: SignedInRequest, asked: QueryDict) -> IncomingListForm:
    """The form of the list, with the words that were searched for. None: they are not kept any longer."""
    return IncomingListForm(asked, words=searches.words_of(request, str(asked.get("found", ""))))
