"""A document that a provider added, for whoever may see the enquiry. Each opening is written down."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from careportal.accounts import access
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries.downloads import as_download
from enquiries.models import Attachment


@open_to("staff")
@require_safe
def document(request: SignedInRequest, pk: int, number: uuid.UUID) -> HttpResponseBase:
    if not request.user.has_perm("enquiries.view_enquiry"):
        raise PermissionDenied
    found = get_object_or_404(Attachment, enquiry=pk, number=number)
    if request.method == "GET":
        access.note_opened(request.user, "enquiries.attachment", found.pk)
    return as_download(found)
