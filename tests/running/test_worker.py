"""A real worker, as `manage.py serve worker` starts it, on this run's database and broker."""

import sys

import pytest
from celery.fixups.django import DjangoWorkerFixup
from django.db import connection

from careportal import celery
from enquiries.models import Pulse
from enquiries.tasks import run_due_jobs
from tests import services


def test_the_worker_keeps_its_connection_over_many_tasks(settings):
    assert DjangoWorkerFixup(celery.app).db_reuse_max == settings.CELERY_DB_REUSE_MAX == 1000


@pytest.mark.services  # a SQLite file does not break like this
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_does_not_fail_the_next_task():
    """(F6)"""
    connection.ensure_connection()
    broken = connection.connection
    connection.errors_occurred = True
    broken.close()

    celery.drop_broken_connections()

    connection.ensure_connection()
    assert connection.connection is not broken
    assert connection.is_usable()


def seen():
    return Pulse.objects.filter(part=Pulse.Part.SCHEDULE).exists()


@pytest.mark.django_db(transaction=True)
def test_a_task_goes_through_the_broker_to_a_worker_and_into_the_database(tmp_path):
    """In the second part of `make test` this is Redis and PostgreSQL, in the first files and SQLite."""
    assert not seen()
    command = [sys.executable, "manage.py", "serve", "worker"]
    with services.start_process(command, env=services.same_installation(), output=tmp_path / "output"):
        run_due_jobs.apply_async(ignore_result=True)

        services.wait_until(seen, seconds=60, what="the task")
