"""The Celery app. Workers only move what the database already holds: a message lost costs nothing."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_process_init
from django.db import close_old_connections

from careportal import lifeline

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "careportal.settings")

app = Celery("careportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

STARTED_IN = os.getpid()  # of the worker itself: its pool processes are forked from it
lifeline.end_with_supervisor()


@worker_process_init.connect
def end_with_the_worker(**kwargs: Any) -> None:
    """A pool process whose worker was killed would go on alone, with nobody to give it work."""
    lifeline.end_with_parent(STARTED_IN)


@task_prerun.connect
@task_postrun.connect
def drop_broken_connections(**kwargs: Any) -> None:
    """CELERY_DB_REUSE_MAX keeps connections over many tasks; one that broke must not fail the next task too."""
    close_old_connections()
