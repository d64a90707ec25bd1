"""Handing out what came from outside: always as a file to keep, never as a page of ours."""

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from careportal.kit.exports import file_name
from enquiries.models import Attachment


def as_download(document: Attachment) -> StreamingHttpResponse:
    """With the type that its content was found to have, and a plain name (EX8). No browser guesses another type."""
    stem, _, ending = document.name.rpartition(".")
    response = StreamingHttpResponse(document.content(), content_type=document.media_type)
    response["Content-Disposition"] = content_disposition_header(True, file_name(stem, ending))
    response["Content-Length"] = str(document.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response
