"""A browser for the journeys, people who use it, and the world they meet.

Everybody who visits is watched: a refused style, an error in the console or a request to another host fails the test
(HC2, HC9).
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import Browser, sync_playwright

from careportal.accounts import services as accounts
from careportal.accounts.models import User
from careportal.accounts.roles import Role
from tests import services
from tests.journeys.visitor import Visitor

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program = services.browser() or services.missing("A browser (chromium)", required_by="REQUIRE_BROWSER")
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # playwright runs an event loop in this thread; Django's own calls here are none of its business.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield running
        running.close()


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """A new visitor; of the test's own server, or of the one that `base` names."""
    visitors: list[Visitor] = []

    def arrive(base: str = "", **how: Any) -> Visitor:
        visitors.append(Visitor(browser, base or request.getfixturevalue("live_server").url, **how))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.context.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []


@pytest.fixture
def world(transactional_db: None, settings: Any, tmp_path: Any) -> None:
    """The council's own programmes, mail that goes through the outbox into a Maildir, and no limits used up."""
    settings.EMAIL_BACKEND = "enquiries.mail.backend.OutboxBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.DRAFTS_PER_HOUR = settings.SUBMITS_PER_MINUTE = 1000
    cache.clear()
    call_command("load_pack", verbosity=0)


@pytest.fixture
def colleague(world: None) -> User:
    """An officer who may sign in."""
    return accounts.create_officer(email="officer@example.org", name="The officer", role=Role.OFFICER)
