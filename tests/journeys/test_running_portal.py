"""The same walk through the real thing: its own processes, its own data, mail that really moves."""

import email
import email.policy
import json
import mailbox
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from tests import services
from tests.accounts.journeys import app_code
from tests.enquiries.smtp import FaultyServer
from tests.faults.portal import QUICK, Portal
from tests.journeys.visitor import PHONE
from tests.journeys.walking import ask_for_code, find_a_programme, give_code, go_to, send

INBOX = "business.forum@lbbd.gov.uk"


@contextmanager
def set_up(folder, **more: str) -> Iterator[Portal]:
    """An installation made by the commands that `make run` uses, with its demo accounts."""
    port = services.free_port()
    given = {
        "DATA_DIR": str(folder / "data"),
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "careportal.settings",
        **QUICK,
        **more,
    }
    inherited = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    portal = Portal(folder, {**inherited, **given}, port)
    portal.manage("build_assets")
    portal.manage("set_up")
    yield portal


def account(portal: Portal, address: str) -> dict[str, str]:
    """A demo account with its secrets."""
    accounts = json.loads((portal.folder / "data" / "demo_accounts.json").read_text())
    return next(one for one in accounts if one["email"] == address)


def apply(visit, portal: Portal) -> str:
    manager = visit(portal.url, size=PHONE)
    find_a_programme(manager, "Shift-Life Balance")
    return send(go_to(manager, "check"))


# --- One command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path) -> Iterator[Portal]:
    with set_up(tmp_path) as portal:
        command = [sys.executable, "manage.py", "serve"]
        with services.start_process(command, env=portal.env, output=tmp_path / "output"):
            services.wait_until(portal.answers, what="the portal's start")
            yield portal


def kept(portal: Portal, reference: str) -> dict[str, str]:
    """The subjects of the mails about an enquiry that the worker has sent, by recipient: kept on this machine."""
    folder = portal.folder / "data" / "mail" / "sent"
    mails = mailbox.Maildir(folder, create=False) if folder.is_dir() else []
    return {mail["To"]: mail["Subject"] for mail in mails if reference in mail["Subject"]}


@pytest.mark.journey
@pytest.mark.embedded
def test_with_one_command_both_mails_are_there_in_seconds_and_the_officer_has_the_proof(visit, served):
    reference = apply(visit, served)

    services.wait_until(lambda: len(kept(served, reference)) == 2, seconds=20, what="both mails")
    assert kept(served, reference) == {
        "businessforum@lbbd.gov.uk": f"care sector support: Shift-Life Balance ({reference})",
        "applicant@example.org": f"We have your application ({reference})",
    }
    officer = visit(served.url)
    ask_for_code(officer.open("/admin/"), "officer@example.org")
    give_code(officer, services.wait_until(lambda: mailed_code(served), what="the mailed code"))
    give_code(officer, app_code(account(served, "officer@example.org")["second_factor_secret"]))
    officer.open("/admin/enquiries/enquiry/").follow(reference)
    assert officer.main.locator(".officers-mail .govuk-tag").all_inner_texts() == ["Sent", "Sent"]


def mailed_code(portal: Portal) -> str:
    """What `manage.py codes` prints, the way README tells people to get it."""
    printed = portal.manage("codes", "officer@example.org").splitlines()[0]
    code = printed.removeprefix("Mailed last: ")
    return code if code.isdecimal() else ""


# --- PostgreSQL, Redis, a mail server ------------------------------------------------------------------------------


@pytest.fixture
def mail_server() -> Iterator[FaultyServer]:
    """A mail server of the tests that takes everything and keeps it."""
    server = FaultyServer()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def database() -> Iterator[str]:
    """A database of our own beside that of the tests; its name begins as theirs do, so that none can be left behind."""
    given = urlsplit(os.environ["DATABASE_URL"])
    name = f"test_{given.path.lstrip('/')}_journey_{os.getpid()}"
    maintenance = urlunsplit(given._replace(path="/postgres"))
    with closing(psycopg2.connect(maintenance)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(given._replace(path=f"/{name}"))
    services.drop_databases(maintenance, beginning_with=name)


@pytest.fixture
def prefix() -> Iterator[str]:
    name = f"{os.environ.get('REDIS_PREFIX', 'careportal:')}journey-{os.getpid()}:"
    yield name
    services.remove_keys(os.environ["REDIS_URL"], prefix=name)


@pytest.mark.services
def test_with_postgresql_redis_and_smtp_both_mails_reach_the_mail_server(
    visit, tmp_path, mail_server, database, prefix
):
    """Web and worker in their own processes, as in production; the inbox is the one that was set, not the pack's."""
    given = {"DATABASE_URL": database, "REDIS_URL": os.environ["REDIS_URL"], "REDIS_PREFIX": prefix}
    outside = {"EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}", "BUSINESS_FORUM_INBOX": INBOX}
    with set_up(tmp_path, **given, **outside) as portal, ExitStack() as stack:
        for part in ("web", "worker", "schedule"):
            portal.start(part, stack)
        reference = apply(visit, portal)
        services.wait_until(lambda: len(taken(mail_server, reference)) == 2, seconds=30, what="both mails")

    assert taken(mail_server, reference) == {
        INBOX: f"care sector support: Shift-Life Balance ({reference})",
        "applicant@example.org": f"We have your application ({reference})",
    }


def taken(mail_server: FaultyServer, reference: str) -> dict[str, str]:
    """The subjects of the mails about an enquiry that arrived, by recipient."""
    mails = [(to, email.message_from_bytes(raw, policy=email.policy.default)) for to, raw in mail_server.taken]
    return {to: mail["Subject"] for to, mail in mails if reference in mail["Subject"]}
