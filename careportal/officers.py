"""The officers' workspace: Django's admin in our look, entered only through the portal's own sign-in."""

import re
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from simple_history.admin import SimpleHistoryAdmin

from careportal.accounts import access
from careportal.accounts.roles import only_looks
from careportal.changing import Remembered
from careportal.watching import NUMBERS, note_what_is_shown
from enquiries import delays, my_day, queries

SEARCHES = ("admin:enquiries_enquiry_search", "admin:enquiries_incomingmail_search")

OUR_APPS = {"accounts", "enquiries", "programmes", "providers"}

# The officers' navigation: text, page, and the permission without which it is not shown. What is there for every day;
# My day lists the rest.
NAVIGATION = [
    ("My day", "admin:index", "enquiries.view_enquiry"),
    ("Enquiries", "admin:enquiries_enquiry_changelist", "enquiries.view_enquiry"),
    ("Figures", "figures", "enquiries.view_enquiry"),
    ("Strategy", "line-of-sight", "enquiries.view_enquiry"),
    ("Reports", "reports", "enquiries.view_report"),
    ("Mail to sort", "admin:enquiries_incomingmail_changelist", "enquiries.view_incomingmail"),
    ("Mail", "admin:enquiries_outgoingmail_changelist", "enquiries.view_outgoingmail"),
    ("Programmes", "admin:programmes_programme_changelist", "programmes.view_programme"),
    ("Partners", "admin:programmes_partner_changelist", "programmes.view_partner"),
    ("People", "admin:accounts_user_changelist", "accounts.view_user"),
    ("Status", "status", "enquiries.view_pulse"),
]


class ClosedLists(Remembered):
    """A list answers to its own filters and to no other question put into the address (AD4). Nothing is done in bulk.

    Django itself would let `?password__startswith=…` narrow a list down, one letter at a time.
    """

    actions = None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        named = {_name_of(listed) for listed in self.get_list_filter(request)} | {self.date_hierarchy}  # type: ignore[arg-type]
        asked = any(lookup == name or lookup.startswith(f"{name}__") for name in named if name)
        return asked and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]


class HistoryToRead(SimpleHistoryAdmin):
    """Old versions are looked at. Going back to one is a change like any other, made and checked on the form.

    The package would take it from whoever may look, and without the rules of the form's page.
    """

    object_history_list_template = "admin/history_list.html"

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied("Old versions are only looked at.")
        return super().history_form_view(request, object_id, version_id, extra_context)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


def _name_of(listed: Any) -> str:
    """What a filter is called in the address: lists name a field, a field with a filter, or a filter of their own."""
    if isinstance(listed, str):
        return listed
    return listed[0] if isinstance(listed, (list, tuple)) else listed.parameter_name


class OfficersSite(AdminSite):
    """Council staff only. What Django and other packages would register stays out (AD14); all lists are closed."""

    site_title = f"{settings.COUNCIL.service_name}: officers"
    site_header = settings.COUNCIL.service_name
    index_title = "Officers’ workspace"
    enable_nav_sidebar = False
    index_template = "admin/my_day.html"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = model_or_iterable if isinstance(model_or_iterable, (list, tuple, set)) else [model_or_iterable]
        ours = [model for model in models if model._meta.app_label in OUR_APPS]
        given = admin_class or ModelAdmin
        closed = (ClosedLists, HistoryToRead) if issubclass(given, SimpleHistoryAdmin) else (ClosedLists,)
        super().register(ours, type(given.__name__, (*closed, given), {}), **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Strangers go to the sign-in and come back; people who are no staff get a 403; no answer is ever stored.

        What cannot be the number of a row is not there, whichever of the views is asked (FI22).
        """
        inner = super().admin_view(on_site if view is shortcut else view, cacheable)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refuse_strangers(self, request)
            if not request.user.is_authenticated:
                return never_cache(_to_sign_in)(request, request.get_full_path())
            refuse_changes_by_onlookers(request)
            refuse_strange_numbers(*args, *(kwargs[name] for name in NUMBERS if name in kwargs))
            response = inner(request, *args, **kwargs)
            note_what_is_shown(request, response)
            patch_cache_control(response, no_store=True, private=True)
            return response

        return guarded

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Closed: a GET and a POST alike are sent to the portal's sign-in (AD1)."""
        refuse_strangers(self, request)
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = reverse("admin:index")
        return redirect(wanted) if request.user.is_authenticated else _to_sign_in(request, wanted)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """My day: what has to be looked at first. A walk from one enquiry to the next begins anew here."""
        request.session.pop("walk", None)
        day = my_day.of(request.user) if request.user.has_perm("enquiries.view_enquiry") else None  # type: ignore[arg-type]
        today = {"title": "My day", "today": timezone.localdate(), "now": timezone.now()}
        if day:
            access.note_listed(request.user, "enquiries.enquiry", day.shown)  # type: ignore[arg-type]
        delayed = {"delayed_before": queries.delayed_before()}
        return super().index(request, {**today, **delayed, "day": day, **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Our own pages in the workspace pass this to their template, as Django's do."""
        return {
            **super().each_context(request),
            "officers_navigation": navigation(request),
            "mail_trouble": mail_trouble(),
        }


def on_site(request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
    """Django's way to the page of a row. What cannot be the key of such a row is not there, a UUID neither (FI22)."""
    try:
        return shortcut(request, content_type_id, object_id)
    except ValidationError as wrong:
        raise Http404 from wrong


def refuse_strangers(site: AdminSite, request: HttpRequest) -> None:
    """Signed in, but not as council staff: the 403 page, not another sign-in."""
    if request.user.is_authenticated and not site.has_permission(request):
        raise PermissionDenied("The officers' workspace is for council staff.")


def refuse_changes_by_onlookers(request: HttpRequest) -> None:
    """Whoever may only look sends nothing to any page, whatever that page would do with it (AD7).

    But the words of a search: they are about people, and so they are not in an address (AD12).
    """
    is_a_look = request.method in {"GET", "HEAD", "OPTIONS"} or request.path in map(reverse, SEARCHES)
    if not is_a_look and only_looks(request.user.role):  # type: ignore[union-attr]
        raise PermissionDenied("A view-only officer changes nothing.")


def refuse_strange_numbers(*given: Any) -> None:
    """404 for what no database could look up as a number, before a view tries."""
    if not all(value is None or re.fullmatch(r"[0-9]{1,18}", str(value)) for value in given):
        raise Http404("No row can have this number.")


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The pages this person may open, with the one they are on marked."""
    items = []
    for text, page, permission in NAVIGATION:
        href = _address(page)
        if href and request.user.has_perm(permission):
            is_here = request.path == href or (page != "admin:index" and request.path.startswith(href))
            items.append({"text": text, "href": href, "active": is_here})
    return items


def mail_trouble() -> dict[str, Any] | None:
    """What the banner of every page says while mail does not arrive, or nothing. One query while all is well."""
    undelivered, oldest = queries.trouble()
    is_delayed = oldest is not None and oldest > settings.MAIL_DELAYED_SECONDS
    waiting_since = delays.stuck_since() if is_delayed else None
    return {"undelivered": undelivered, "waiting_since": waiting_since} if undelivered or waiting_since else None


def _address(page: str) -> str:
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def _to_sign_in(request: HttpRequest, wanted: str) -> HttpResponse:
    return redirect_to_login(wanted)
