"""Handing out what came from outside: always as a file to keep, never as a page of ours."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from careportal.kit.exports import file_name
from enquiries.models import Attachment


def as_download(document: Attachment) -> StreamingHttpResponse:
    """With the type that its content was found to have, and a plain name (EX8)."""
    return as_file(document.content(), name=document.name, media_type=document.media_type, size=document.size)


def as_file(content: Iterable[bytes], *, name: str, media_type: str, size: int) -> StreamingHttpResponse:
    """A file to keep, under a plain name. No browser opens it by itself or guesses another type (MI9)."""
    stem, _, ending = name.rpartition(".")
    response = StreamingHttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, file_name(stem, ending))
    response["Content-Length"] = str(size)
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response
