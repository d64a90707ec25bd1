"""How Celery reaches its broker, and what it does by the clock."""

from pathlib import Path
from typing import Any


def transport(redis_url: str, *, prefix: str, folder: Path) -> dict[str, Any]:
    """For Redis, or for files below this folder where there is none. A broker that is away holds no request up."""
    if redis_url:
        return {
            "socket_connect_timeout": 0.5,
            "socket_timeout": 0.5,
            "socket_keepalive": True,
            "health_check_interval": 15,
            "visibility_timeout": 300,
            "max_retries": 0,  # of connecting while publishing: otherwise a closed port holds a request for six seconds
            "global_keyprefix": prefix,
        }
    return {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "processed_folder": str(folder / "processed"),
        "polling_interval": 0.2,
    }


def schedule(*, sweep_seconds: float, jobs_seconds: float) -> dict[str, Any]:
    """What is asked for again and again. A worker that comes late does not do it many times over."""
    return {
        "send-due-mail": _every(sweep_seconds, "enquiries.tasks.send_due_mail"),
        "run-due-jobs": _every(jobs_seconds, "enquiries.tasks.run_due_jobs"),
    }


def _every(seconds: float, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 5.0)}}
