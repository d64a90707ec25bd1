"""The views of the queue that an officer keeps: saved, renamed, removed."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import queue, services
from enquiries.admin.forms_queue import QueueForm, ViewNameForm
from enquiries.admin.showing import page_for
from enquiries.exceptions import Refused
from enquiries.models import SavedView

LIST, VIEWS = "admin:enquiries_enquiry_changelist", "admin:enquiries_enquiry_views"


def urls(site: AdminSite) -> list[URLPattern]:
    return [
        path("views/", site.admin_view(views), name="enquiries_enquiry_views"),
        path("views/save/", site.admin_view(save), name="enquiries_enquiry_save_view"),
        path("views/<int:pk>/", site.admin_view(rename), name="enquiries_enquiry_rename_view"),
        path("views/<int:pk>/remove/", site.admin_view(remove), name="enquiries_enquiry_remove_view"),
    ]


@open_to("officer")
@require_safe
def views(request: SignedInRequest) -> HttpResponse:
    """The officer's own views, to rename or remove."""
    _must_change(request)
    return page_for(request, "views", "Your views", views=SavedView.objects.of(request.user))


@open_to("officer")
@require_http_methods(["GET", "POST"])
def save(request: SignedInRequest) -> HttpResponse:
    """Keep filters under a name. What cannot be kept is asked again, with what was typed."""
    _must_change(request)
    if request.method != "POST":
        return redirect(LIST)
    query = QueueForm(QueryDict(request.POST.get("filters", "")), queue.known(request.user)).query
    if not query:
        messages.warning(request, "Choose a filter first: without one, it is the list that everybody has.")
        return redirect(LIST)
    back = f"{reverse(LIST)}?{query}"
    form = ViewNameForm(request.POST)
    if form.is_valid():
        try:
            services.save_view(officer=request.user, name=form.cleaned_data["name"], query=query)
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, "The view is saved.")
            return redirect(back)
    return page_for(request, "view", "Save this view", form=form, back=back, filters=query)


@open_to("officer")
@require_http_methods(["GET", "POST"])
def rename(request: SignedInRequest, pk: int) -> HttpResponse:
    _must_change(request)
    view = get_object_or_404(SavedView.objects.of(request.user), pk=pk)
    data = request.POST if request.method == "POST" else None
    form = ViewNameForm(data, initial={"name": view.name})
    if form.is_valid():
        try:
            services.rename_view(view=view, name=form.cleaned_data["name"])
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, "The view is renamed.")
            return redirect(VIEWS)
    return page_for(request, "view", "Rename the view", form=form, back=reverse(VIEWS))


@open_to("officer")
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    _must_change(request)
    services.remove_view(view=get_object_or_404(SavedView.objects.of(request.user), pk=pk))
    messages.success(request, "The view is removed.")
    return redirect(VIEWS)


def _must_change(request: SignedInRequest) -> None:
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
