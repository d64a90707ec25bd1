"""Taking a mail out of the wrong enquiry: what follows from it is read over before it is done."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import services
from enquiries.admin.incoming_steps import carry_out
from enquiries.admin.showing import page_for
from enquiries.exceptions import Refused
from enquiries.models import IncomingMail, OutgoingMail

PUT_BACK = "The mail is to sort again, and {} stands as it did before."
CHECK_IT = "The mail is to sort again. Check the state and the dates of {}: they stay as they are."


def urls(site: AdminSite) -> list[URLPattern]:
    return [path("<int:pk>/take-out/", site.admin_view(take_out), name="enquiries_incomingmail_take_out")]


@open_to("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def take_out(request: SignedInRequest, pk: int) -> HttpResponse:
    """Shows what goes with it, what stays, and what was written since; then it is done, or refused with the reason."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    mail = get_object_or_404(IncomingMail.objects.select_related("enquiry", "decided_by", "became"), pk=pk)
    if request.method == "POST":
        _take_out(request, mail)
    elif mail.state == IncomingMail.State.MESSAGE:
        stands = services.can_be_put_back(mail)
        context = {"mail": mail, "is_put_back": stands, "written": _written_since(mail)}
        files = {"documents": mail.documents.all(), "has_copy": mail.pieces.exists(), "knows_files": bool(mail.moved)}
        return page_for(request, "incoming_take_out", f"Take it out of {mail.enquiry}", **context, **files)
    return redirect("admin:enquiries_incomingmail_change", pk)


def _take_out(request: SignedInRequest, mail: IncomingMail) -> None:
    shown, enquiry = request.POST.get("shown", ""), mail.enquiry
    try:
        stands = carry_out(services.take_out, mail=mail, officer=request.user, shown=shown)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return
    (messages.success if stands else messages.warning)(request, (PUT_BACK if stands else CHECK_IT).format(enquiry))


def _written_since(mail: IncomingMail) -> "QuerySet[OutgoingMail]":
    """Letters about the enquiry from then on: whoever wrote them may have had this mail before them."""
    letters = OutgoingMail.objects.readable_by_officers().filter(enquiry=mail.enquiry).order_by("pk")
    return letters.filter(created_at__gte=mail.became.at) if mail.became else letters.none()
