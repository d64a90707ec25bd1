"""The parts of a running portal, and the command line of each. Both modes and compose start these."""

import sys

from django.conf import settings

WEB, WORKER, SCHEDULE = PARTS = ("web", "worker", "schedule")

# Containers and try-outs often run as root; Celery's long warning about it would hide what matters.
_CELERY = [sys.executable, "-W", "ignore:::celery.platforms", "-m", "celery", "--quiet", "-A", "careportal"]


def command(part: str) -> list[str]:
    """The command line that runs this part in the foreground."""
    return {WEB: _web, WORKER: _worker, SCHEDULE: _schedule}[part]()


def _web() -> list[str]:
    """Waitress bears slow clients and may be met directly; gunicorn is quicker and stands behind a buffering proxy."""
    if settings.EMBEDDED:
        return [sys.executable, "-m", "careportal.waitress_server"]
    return [
        *[sys.executable, "-m", "gunicorn", "careportal.web:application"],
        *["--config", "python:careportal.gunicorn_settings"],
        *["--worker-class", "gthread", "--threads", "8", "--workers", str(settings.WEB_CONCURRENCY)],
        *["--bind", f"{settings.BIND}:{settings.PORT}", "--worker-tmp-dir", "/dev/shm", "--timeout", "60"],  # noqa: S108
        *["--max-requests", "10000", "--max-requests-jitter", "1000", "--log-level", "warning"],
    ]


def _worker() -> list[str]:
    """Prefork even with one process: hard time limits hold only there."""
    processes = "1" if settings.EMBEDDED else str(settings.WORKER_CONCURRENCY)
    return [
        *[*_CELERY, "worker", "--pool", "prefork", "--concurrency", processes, "--queues", "mail,default"],
        *["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"],
    ]


def _schedule() -> list[str]:
    """Kept in memory: a schedule file could be left damaged, and nothing in it is worth keeping."""
    return [*_CELERY, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile", "", "--loglevel", "WARNING"]
