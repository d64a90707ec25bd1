"""Which tests run where. Registered in tests/conftest.py.

`journey` tests need a browser. `services` tests run where the suite was given PostgreSQL and Redis (DATABASE_URL and
REDIS_URL). Elsewhere both are skipped with a reason, or fail when REQUIRE_BROWSER=1 or REQUIRE_SERVICES=1.
"""

import os

import pytest
from django.conf import settings
from django.db import connection

from tests import services


def pytest_report_header() -> str:
    broker = "Redis" if settings.REDIS_URL else "files"
    return f"database: {connection.vendor}, broker: {broker}, browser: {services.browser() or 'none'}"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("journey") and not services.browser():
        services.missing("A browser (chromium)", required_by="REQUIRE_BROWSER")
    if item.get_closest_marker("services") and not on_services():
        services.missing("PostgreSQL with Redis (DATABASE_URL, REDIS_URL)", required_by="REQUIRE_SERVICES")


def on_services() -> bool:
    """Whether this run uses PostgreSQL and Redis."""
    return connection.vendor == "postgresql" and bool(os.environ.get("REDIS_URL"))
