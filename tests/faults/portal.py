"""A whole portal for fault tests: its own data, its own processes, and a client that keeps a ledger."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.enquiries.smtp import FaultyServer
from tests.services import ROOT, free_port, start_process, wait_until

QUICK = {
    "SWEEP_SECONDS": "1",
    "MAIL_SECONDS": "3",
    "MAIL_LEASE_SECONDS": "10",
    "MAIL_RETRY_BASE_SECONDS": "1",
    "MAIL_RETRY_CAP_SECONDS": "2",
    "SUBMITS_PER_MINUTE": "10000",
    "DRAFTS_PER_HOUR": "10000",
    "ACKNOWLEDGEMENTS_PER_HOUR": "10000",
    "ACKNOWLEDGEMENTS_PER_MINUTE": "10000",
    "LOG_LEVEL": "WARNING",
}


@dataclass
class Portal:
    """One installation. Parts are started and killed by name; `ledger` is what clients were told."""

    folder: Path
    env: dict[str, str]
    port: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ledger: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str, check: bool = True) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False, timeout=120)
        if check and done.returncode:
            raise AssertionError(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self, part: str, stack: ExitStack) -> None:
        command = [sys.executable, "manage.py", "serve", part]
        output = self.folder / f"{part}-{time.monotonic_ns()}.log"
        self.running[part] = stack.enter_context(start_process(command, env=self.env, output=output))
        if part == "web":
            wait_until(self.answers, what="the web server's start")

    def kill(self, part: str) -> None:
        """kill -9 of the part and all its children at once."""
        os.killpg(self.running[part].pid, signal.SIGKILL)
        self.running[part].wait(5)

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/health/live", timeout=2).ok
        except requests.RequestException:
            return False

    def status(self) -> dict[str, Any]:
        return json.loads(self.manage("status", "--json"))

    def reconcile(self) -> dict[str, Any]:
        return json.loads(self.manage("reconcile", "--json", check=False))

    def is_quiet(self) -> bool:
        """Nothing is left to send. Asked of the database file itself, because it is asked often."""
        left = "SELECT count(*) FROM enquiries_outgoingmail WHERE state IN ('queued', 'sending')"
        with closing(sqlite3.connect(self.folder / "data" / "portal.sqlite3", timeout=20)) as database:
            return database.execute(left).fetchone() == (0,)


@dataclass
class Visitor:
    """Somebody who applies with a plain HTTP client, and tries again like a patient person."""

    portal: Portal
    session: requests.Session = field(default_factory=requests.Session)
    page: str = ""
    ready: dict[str, str] = field(default_factory=dict)
    submit_seconds: float = 0.0

    def fill_in(self, number: int) -> None:
        """Every page up to the one that checks."""
        self.page = f"{self.portal.url}/apply/"
        self._post({"programmes": "sustainability-mentoring"})
        for typed in (
            {"provider_type": "homecare"},
            {"postcode": "RM10 8XD"},
            {},
            {"organisation": f"Example provider {number}"},
            {"q-topics": "Costs"},
            {"full_name": "Example Applicant", "email": f"applicant-{number}@example.org"},
            {"message": ""},
        ):
            self._post(typed)
        self.ready = {"may_apply": "on", **self._hidden()}

    def send(self, tries: int = 1) -> str:
        """Press Send until an answer comes; the reference."""
        for attempt in range(tries):
            started = time.monotonic()
            try:
                answer = self.session.post(self.page, self.ready, timeout=20)
                self.submit_seconds = time.monotonic() - started
                found = re.search(r'portal-reference">([^<]+)<', answer.text)
                if answer.ok and found:
                    self.portal.ledger.append(found[1])
                    return found[1]
            except requests.RequestException:
                pass
            if attempt + 1 < tries:
                wait_until(self.portal.answers, what="the web server's return")
        raise AssertionError("no reference came back")

    def _post(self, typed: dict[str, str]) -> None:
        answer = self.session.post(self.page, {**typed, **self._hidden()}, timeout=20)
        assert answer.ok, answer.text
        assert answer.url != self.page, f"stuck at {self.page}"
        self.page = answer.url

    def _hidden(self) -> dict[str, str]:
        text = self.session.get(self.page, timeout=20).text
        tags = re.findall(r'<input[^>]*type="hidden"[^>]*>', text)
        return {re.search(r'name="([^"]*)"', tag)[1]: re.search(r'value="([^"]*)"', tag)[1] for tag in tags}  # type: ignore[index]


@contextmanager
def installed(folder: Path, mail_server: FaultyServer, **more: str) -> Iterator[tuple[Portal, ExitStack]]:
    """A portal with just the council pack, whose mail goes to this server. The first one made is copied by the next."""
    port = free_port()
    given = {
        "DATA_DIR": str(folder / "data"),
        "PORT": str(port),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
        "BUSINESS_FORUM_INBOX": "businessforum@lbbd.gov.uk",
        "DATABASE_URL": f"sqlite:///{folder / 'data' / 'portal.sqlite3'}",
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "careportal.settings",
        **QUICK,
        **more,
    }
    portal = Portal(folder, {**os.environ, **given}, port)
    template = folder.parent / "portal-template"
    if template.exists():
        shutil.copytree(template, folder / "data")
    else:
        portal.manage("build_assets")
        portal.manage("migrate", "-v0")
        portal.manage("load_pack")
        shutil.copytree(folder / "data", template)
    with ExitStack() as stack:
        yield portal, stack
