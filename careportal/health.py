"""Is the portal well? `live` for what restarts processes, `ready` for what calls a person, `facts` for operators."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from careportal.kit.access import open_to
from enquiries import jobs
from enquiries.queries import mail_facts

SCHEDULE_LATE_SECONDS = 180.0
SWEEP_LATE_SECONDS = 60.0


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
    """Everything works that applications need, or the first thing that does not, in words that give nothing away."""
    reason = trouble(facts())
    if reason:
        return JsonResponse({"status": "not ready", "reason": reason}, status=503)
    return JsonResponse({"status": "ok"})


def facts() -> dict[str, Any]:
    """All that is known about this installation's health. For operators only: it holds counts."""
    known: dict[str, Any] = {"database": "reachable", "migrations_missing": None}
    try:
        known["migrations_missing"] = _migrations_missing()
        if known["migrations_missing"] == 0:
            known |= {**mail_facts(), "jobs_late": jobs.late()}
    except Error as error:
        known["database"] = f"not reachable ({type(error).__name__})"
    return known


def trouble(known: dict[str, Any]) -> str:
    """The first thing that is wrong, or nothing."""
    if known["database"] != "reachable":
        return "database"
    if known["migrations_missing"]:
        return "migrations"
    if (known.get("oldest_due_seconds") or 0) > settings.MAIL_DELAYED_SECONDS:
        return "mail is delayed"
    if _is_late(known.get("last_sweep_at"), max(SWEEP_LATE_SECONDS, 5 * settings.SWEEP_SECONDS)):
        return "sweep is late"
    if _is_late(known.get("schedule_seen_at"), SCHEDULE_LATE_SECONDS):
        return "schedule is not seen"
    return ""


def _migrations_missing() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _is_late(seen_at: str | None, allowed_seconds: float) -> bool:
    if seen_at is None:
        return True
    return (timezone.now() - dt.datetime.fromisoformat(seen_at)).total_seconds() > allowed_seconds
