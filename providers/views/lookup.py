"""The directory for whoever types: what fits so far, as JSON. Public facts of the directory, and nothing else."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from careportal.kit import client
from careportal.kit.access import open_to
from careportal.kit.errors import too_many_requests
from careportal.kit.pacing import MINUTE, Pace
from providers import directory
from providers.models import RegisteredLocation

KEPT_SECONDS = 300
_pace = Pace()


@open_to("anyone")
@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """Services that fit the words in `q`. Needs no session and sets no cookie, so that anybody may keep the answer."""
    if not _pace.allows(client.origin(request), settings.LOOKUPS_PER_MINUTE):
        return too_many_requests(request, MINUTE)
    found = directory.find(request.GET.get("q", ""))
    answer = JsonResponse({"found": [_facts(location) for location in found]})
    answer["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return answer


def _facts(location: RegisteredLocation) -> dict[str, Any]:
    return {"id": location.cqc_location_id, "name": location.name, "about": location.told_apart_by}
