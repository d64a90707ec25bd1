"""Is the portal well? `live` for what restarts processes, `ready` for what calls a person."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from careportal import facts, verdicts
from careportal.kit.access import open_to


@open_to("anyone")
@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Says nothing about the database, so that a restart is never tried as its cure."""
    return JsonResponse({"status": "ok"})


@open_to("anyone")
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Work moves, or the first thing for which it does not, in words that give nothing away."""
    reason = verdicts.trouble(facts.moving())
    if reason:
        return JsonResponse({"status": "not ready", "reason": reason}, status=503)
    return JsonResponse({"status": "ok"})
