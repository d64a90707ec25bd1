"""Which tests run where. Registered in tests/conftest.py.

`journey` tests need a browser. `services` tests run where the suite was given PostgreSQL and Redis (DATABASE_URL and
REDIS_URL). Elsewhere both are skipped with a reason, or fail when REQUIRE_BROWSER=1 or REQUIRE_SERVICES=1. Tests that
touch no database, and `any_database` ones, run only where the suite was not given PostgreSQL and Redis.
"""

import gc
import os

import pytest
from django.conf import settings
from django.db import connection

from tests import services

DATABASE = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback", "live_server"}


def pytest_report_header() -> str:
    broker = "Redis" if settings.REDIS_URL else "files"
    return f"database: {connection.vendor}, broker: {broker}, browser: {services.browser() or 'none'}"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("journey") and not services.browser():
        services.missing("A browser (chromium)", required_by="REQUIRE_BROWSER")
    if item.get_closest_marker("services") and not on_services():
        services.missing("PostgreSQL with Redis (DATABASE_URL, REDIS_URL)", required_by="REQUIRE_SERVICES")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What touches no database comes out the same on every one: it runs in the first run alone.

    What takes long begins first, so that no process is left alone with it at the end.
    """
    items.sort(key=lambda item: not (item.get_closest_marker("embedded") or item.get_closest_marker("journey")))
    if not on_services():
        return
    apart = [item for item in items if not (_touches_database(item) or item.get_closest_marker("services"))]
    config.hook.pytest_deselected(items=apart)
    items[:] = [item for item in items if item not in set(apart)]


def pytest_collection_finish() -> None:
    """What the imports left stays to the end: looking through it again and again took a tenth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _touches_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("any_database"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE)


def on_services() -> bool:
    """Whether this run uses PostgreSQL and Redis."""
    return connection.vendor == "postgresql" and bool(os.environ.get("REDIS_URL"))
