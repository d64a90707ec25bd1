"""What an enquiry's page says of mail that came in about it, and sending the acknowledgement by hand."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import services
from enquiries.exceptions import Refused
from enquiries.models import Enquiry, IncomingMail, OutgoingMail


def urls(site: AdminSite) -> list[URLPattern]:
    return [path("<int:pk>/acknowledge/", site.admin_view(acknowledge), name="enquiries_enquiry_acknowledge")]


@open_to("officer")
@require_POST
def acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    """An officer decides what the portal does not by itself: to write to an address that nobody has verified."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    enquiry = get_object_or_404(Enquiry, pk=pk)
    try:
        services.send_acknowledgement(enquiry_id=enquiry.pk, officer=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "The acknowledgement is on its way.")
    return redirect(enquiry)


def shown_on(enquiry: Enquiry) -> dict[str, Any]:
    """From rows that are fetched already: the mail that it came by, and others that wait for somebody to sort them."""
    came = list(enquiry.incoming.all())
    by = next((mail for mail in came if mail.state == IncomingMail.State.ENQUIRY), None)
    kinds = {mail.kind for mail in enquiry.mails.all()}
    return {
        "came_by": by,
        "is_unacknowledged": by is not None and OutgoingMail.Kind.ACKNOWLEDGEMENT not in kinds,
        "mail_to_sort": [mail for mail in came if mail.state == IncomingMail.State.SORT],
    }
