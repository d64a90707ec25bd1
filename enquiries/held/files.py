"""What is held about whoever reads an address, as one file: for programs, or to read and print."""

import json
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header

from careportal.kit.exports import file_name
from enquiries.held.parts import Part, as_data

TYPES = {"json": "application/json", "html": "text/html; charset=utf-8"}


def as_download(parts: Sequence[Part], address: str, ending: str) -> HttpResponse:
    """Never shown as a page of ours."""
    content = _as_json(parts, address) if ending == "json" else _as_html(parts, address)
    answer = HttpResponse(content, content_type=TYPES[ending])
    name = file_name(f"your information {timezone.localdate()}", ending)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer


def _as_json(parts: Sequence[Part], address: str) -> str:
    whole = {"council": settings.COUNCIL.name, "made_at": timezone.now().isoformat(), "address": address}
    return json.dumps({**whole, "parts": as_data(parts)}, ensure_ascii=False, indent=2)


def _as_html(parts: Sequence[Part], address: str) -> str:
    context = {"parts": parts, "address": address, "now": timezone.now(), "council": settings.COUNCIL}
    return render_to_string("enquiries/information/file.html", context)
