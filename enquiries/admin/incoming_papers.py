"""What is attached to a mail that came in, and the mail itself, as files to keep. Each opening is written down."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from careportal.accounts import access
from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import threads
from enquiries.documents import KINDS, check, cleaned_name
from enquiries.documents.names import ending_of
from enquiries.downloads import as_file
from enquiries.exceptions import DocumentRefused
from enquiries.mail import reading
from enquiries.mail.reading import Paper, Reading
from enquiries.mail.reading.exceptions import Unreadable
from enquiries.models import IncomingMail
from enquiries.models.incoming import MOST_RAW_BYTES

RAW_TYPE = "application/octet-stream"
NAMELESS = "A file without a name"


@dataclass(frozen=True)
class Attached:
    """A file, by its place among those that came with the mail. Only what may be on our list is offered (MI9)."""

    place: int
    name: str
    size: int

    @property
    def is_offered(self) -> bool:
        return any(ending_of(self.name) in kind.endings for kind in KINDS.values())


def urls(site: AdminSite) -> list[URLPattern]:
    return [
        path("<int:pk>/raw/", site.admin_view(raw), name="enquiries_incomingmail_raw"),
        path("<int:pk>/attached/<int:place>/", site.admin_view(attached), name="enquiries_incomingmail_attached"),
    ]


@open_to("officer")
@require_safe
def raw(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The mail as it came, for whoever works on enquiries: with all that is in it, harmful or not."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    content = get_object_or_404(IncomingMail.objects.listed(), pk=pk).raw
    if not content:
        raise Http404
    if request.method == "GET":
        access.note_exported(request.user, "enquiries.incomingmail", count=1, ids=[pk], what="raw")
    return as_file([content], name=f"mail-{pk}.eml", media_type=RAW_TYPE, size=len(content))


@open_to("staff")
@require_safe
def attached(request: SignedInRequest, pk: int, place: int) -> HttpResponseBase:
    """One of the attachments, once its content was found to be what its name says, and safe."""
    if not request.user.has_perm("enquiries.view_incomingmail"):
        raise PermissionDenied
    mail = get_object_or_404(IncomingMail.objects.listed(), pk=pk)
    paper = _paper(mail, place)
    try:
        kind = check(SimpleUploadedFile(paper.name or "document", paper.content))
    except DocumentRefused as refusal:
        messages.warning(request, f"This attachment cannot be downloaded here. {refusal}")
        return redirect("admin:enquiries_incomingmail_change", pk)
    if request.method == "GET":
        access.note_exported(request.user, "enquiries.incomingmail", count=1, ids=[pk], what="attached", place=place)
    plain = cleaned_name(paper.name, KINDS[kind].endings[0])
    return as_file([paper.content], name=plain, media_type=KINDS[kind].media_type, size=len(paper.content))


def shown_of(mail: IncomingMail) -> dict[str, Any]:
    """What its page tells of the copy: what came with it, and who wrote it first where a colleague forwarded it."""
    read = _read(mail)
    papers = enumerate(read.papers, 1) if read else ()
    return {
        "papers": [Attached(place, paper.name or NAMELESS, len(paper.content)) for place, paper in papers],
        "original": read.original if read and threads.is_forwarded(read.head) else None,
        "has_copy": mail.pieces.exists(),
    }


def _paper(mail: IncomingMail, place: int) -> Paper:
    read = _read(mail)
    if read is None or not 1 <= place <= len(read.papers):
        raise Http404
    return read.papers[place - 1]


def _read(mail: IncomingMail) -> Reading | None:
    """Nothing where the copy is gone, is only a beginning, or was made to be costly (MI11)."""
    content = mail.raw if mail.size <= MOST_RAW_BYTES else b""
    try:
        return reading.read(content) if content else None
    except Unreadable:
        return None
