"""The style sheet and the icon that carry the council's colours."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from careportal.kit import theme
from careportal.kit.access import open_to

FOR_EVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300"


@open_to("anyone")
@require_safe
def style_sheet(request: HttpRequest) -> HttpResponse:
    return _kept(request, theme.style_sheet(), "text/css; charset=utf-8")


@open_to("anyone")
@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    return _kept(request, theme.icon(), "image/svg+xml")


def _kept(request: HttpRequest, content: str, content_type: str) -> HttpResponse:
    """An answer that caches keep for ever when it was asked for by its version, else for a few minutes."""
    asked_by_version = request.GET.get("v") == theme.version()
    return HttpResponse(
        content, content_type=content_type, headers={"Cache-Control": FOR_EVER if asked_by_version else A_WHILE}
    )
