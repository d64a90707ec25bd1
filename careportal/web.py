"""What the web servers run: the application, made ready before the first visitor comes."""

from django.urls import get_resolver

from careportal.celery import app
from careportal.kit import hints
from careportal.wsgi import application

__all__ = ["application", "warm"]

get_resolver().check()  # loads every view now, not in somebody's first request


def warm() -> None:
    """Connect to the broker. To be called in the process that serves: connections are not shared between two."""
    hints.warm(app)
