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
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import requests
from requests.adapters import HTTPAdapter

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
CANARY = "Zanzibar"  # typed by every visitor; must never be seen in a log


class Proxy(HTTPAdapter):
    """Plays the proxy in front of the portal, which ends TLS: https outside, plain HTTP to this port."""

    def __init__(self, port: int, public: str) -> None:
        super().__init__()
        self.port, self.public = port, public

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:  # type: ignore[override]
        inside = request.copy()
        inside.url = str(request.url).replace(self.public, f"http://127.0.0.1:{self.port}")
        host = urlsplit(self.public).netloc
        ours = {"Host": host, "X-Forwarded-Proto": "https", "Referer": self.public, "Connection": "close"}
        inside.headers.update(ours)
        answer = super().send(inside, **given)
        answer.request, answer.url = request, str(request.url)
        return answer


@dataclass
class Portal:
    """One installation. Parts are started and killed by name; `ledger` is what clients were told."""

    folder: Path
    env: dict[str, str]
    port: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ledger: list[str] = field(default_factory=list)
    public: str = ""  # its https address, where it stands behind a proxy

    @property
    def url(self) -> str:
        return self.public or f"http://127.0.0.1:{self.port}"

    def browser(self) -> requests.Session:
        """Somebody's own cookies, and the way to this portal."""
        session = requests.Session()
        if self.public:
            session.mount(self.public, Proxy(self.port, self.public))
        return session

    def manage(self, *arguments: str, check: bool = True) -> str:
        return self.run("manage.py", *arguments, check=check)

    def run(self, *arguments: str, check: bool = True) -> str:
        """What a Python program of ours prints, run in this installation's environment."""
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False, timeout=300)
        if check and done.returncode:
            raise AssertionError(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self, part: str, stack: ExitStack) -> None:
        self.launch(part, [sys.executable, "manage.py", "serve", part], stack)
        if part == "web":
            wait_until(self.answers, what="the web server's start")

    def launch(self, name: str, command: list[str], stack: ExitStack, **env: str) -> None:
        """Start a process under this name, in a group of its own."""
        output = self.folder / f"{name}-{time.monotonic_ns()}.log"
        self.running[name] = stack.enter_context(start_process(command, env={**self.env, **env}, output=output))

    def kill(self, part: str) -> None:
        """kill -9 of the part and all its children at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.running[part].pid, signal.SIGKILL)
        self.running[part].wait(5)

    def answers(self) -> bool:
        try:
            return self.browser().get(f"{self.url}/health/live", timeout=2).ok
        except requests.RequestException:
            return False

    def status(self) -> dict[str, Any]:
        return json.loads(self.manage("status", "--json"))

    def reconcile(self) -> dict[str, Any]:
        return json.loads(self.manage("reconcile", "--json", check=False))

    def is_quiet(self) -> bool:
        """Nothing is left to send."""
        return self.sql("SELECT count(*) FROM enquiries_outgoingmail WHERE state IN ('queued', 'sending')") == [(0,)]

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Asked of the database itself, because it is asked often. Changes are committed at once."""
        with closing(self._connect()) as database, closing(database.cursor()) as cursor:
            cursor.execute(query, values)
            rows = cursor.fetchall() if cursor.description else []
            database.commit()
            return rows

    def _connect(self) -> Any:
        if self.env["DATABASE_URL"].startswith("sqlite"):
            return sqlite3.connect(self.folder / "data" / "portal.sqlite3", timeout=20)
        return psycopg2.connect(self.env["DATABASE_URL"], connect_timeout=5)


@dataclass
class Visitor:
    """Somebody who applies with a plain HTTP client, and tries again like a patient person."""

    portal: Portal
    page: str = ""
    ready: dict[str, str] = field(default_factory=dict)
    submit_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.session = self.portal.browser()

    def fill_in(self, number: int, programme: str = "sustainability-mentoring") -> None:
        """Every page up to the one that checks."""
        self.page = f"{self.portal.url}/apply/"
        self._post({"programmes": programme})
        while not self.page.endswith("/check/"):
            self._post(self._typed(self.page.rstrip("/").rsplit("/", 1)[-1], number))
        self.read_check_page()

    def read_check_page(self) -> None:
        """What the last page would send along."""
        self.ready = {"may_apply": "on", **self._hidden()}

    def press_send(self, seconds: float = 20) -> requests.Response:
        """Press Send once; the answer, whatever it is."""
        return self.session.post(self.page, self.ready, timeout=seconds)

    def send(self, tries: int = 1) -> str:
        """Press Send until an answer comes; the reference."""
        for attempt in range(tries):
            started = time.monotonic()
            with suppress(requests.RequestException):
                answer = self.press_send()
                self.submit_seconds = time.monotonic() - started
                if reference := reference_in(answer):
                    self.portal.ledger.append(reference)
                    return reference
            if attempt + 1 < tries:
                wait_until(self.portal.answers, what="the web server's return")
        raise AssertionError("no reference came back")

    @staticmethod
    def _typed(page: str, number: int) -> dict[str, str]:
        return {
            "service": {"provider_type": "homecare"},
            "postcode": {"postcode": "RM10 8XD"},
            "organisation": {"organisation": f"{CANARY} provider {number}"},
            "about-sustainability-mentoring": {"q-topics": "Costs"},
            "about-enhanced-homecare": {"q-staff": "3"},
            "contact": {"full_name": f"{CANARY} Applicant", "email": f"applicant-{number}@example.org"},
        }.get(page, {})

    def _post(self, typed: dict[str, str]) -> None:
        answer = self.session.post(self.page, {**typed, **self._hidden()}, timeout=20)
        assert answer.ok, answer.text
        assert answer.url != self.page, f"stuck at {self.page}"
        self.page = answer.url

    def _hidden(self) -> dict[str, str]:
        text = self.session.get(self.page, timeout=20).text
        tags = re.findall(r'<input[^>]*type="hidden"[^>]*>', text)
        return {re.search(r'name="([^"]*)"', tag)[1]: re.search(r'value="([^"]*)"', tag)[1] for tag in tags}  # type: ignore[index]


def reference_in(answer: requests.Response) -> str:
    """The reference on a page that says the application was sent; empty on any other."""
    found = re.search(r'portal-reference">([^<]+)<', answer.text) if answer.ok else None
    return found[1] if found else ""


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
