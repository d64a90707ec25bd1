"""The Celery app. Workers only move what the database already holds: a message lost costs nothing."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "careportal.settings")

app = Celery("careportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
