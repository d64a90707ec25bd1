"""Adding a mail to an enquiry: which one, then whose that is, read over before it is done."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import belonging, services
from enquiries.admin.forms_incoming import BelongsForm
from enquiries.admin.incoming_steps import carry_out
from enquiries.admin.showing import page_for
from enquiries.exceptions import Refused
from enquiries.models import Enquiry, IncomingMail


def urls(site: AdminSite) -> list[URLPattern]:
    return [path("<int:pk>/add-to/", site.admin_view(add_to), name="enquiries_incomingmail_add_to")]


@open_to("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def add_to(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks for the enquiry. The one that was chosen is shown with its contact; only then the mail is added to it."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    mail = get_object_or_404(IncomingMail.objects.select_related("enquiry", "decided_by"), pk=pk)
    form = BelongsForm(request.POST if request.method == "POST" else None, initial={"shown": mail.shown_as})
    chosen = form.enquiry if form.is_valid() else None
    if chosen and "confirmed" in request.POST and _added(request, mail, chosen, form):
        return redirect("admin:enquiries_incomingmail_change", pk)
    if chosen and not form.errors:
        context = {"mail": mail, "enquiry": chosen, "is_from_contact": belonging.is_from(mail, chosen)}
        shown = form.cleaned_data["shown"]
        return page_for(request, "incoming_add_over", f"Add it to {chosen}", shown=shown, **context)
    context = {"mail": mail, "form": form, "likely": belonging.likely(mail)}
    return page_for(request, "incoming_add", "Add it to an enquiry", **context)


def _added(request: SignedInRequest, mail: IncomingMail, enquiry: Enquiry, form: BelongsForm) -> bool:
    """Whether it was. A refusal is shown beside what was typed."""
    shown, to = form.cleaned_data["shown"], {"enquiry_id": enquiry.pk}
    try:
        carry_out(services.add_to_enquiry, mail=mail, officer=request.user, shown=shown, **to)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"The mail is added to {enquiry}.")
    return True
