"""One fault's own portal in production mode, with everything around it that can be broken, and how it is judged."""

import json
import mailbox
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import requests

from tests import services
from tests.enquiries.smtp import FaultyServer, Taken
from tests.faults.crowd import Crowd, Entry
from tests.faults.house import INBOX, House, run_sql, tiny_disk
from tests.faults.line import Line
from tests.faults.portal import CANARY, Portal
from tests.faults.reckoning import Found, Result, reckon

QUIET_SECONDS = 600
INBOX_SECONDS = 20
COMMANDS = {part: [sys.executable, "manage.py", "serve", part] for part in ("web", "worker", "schedule")}


@dataclass(frozen=True)
class Fault:
    """A fault of the plan. `bars` are the most that a figure may be; `lines` are laid before these servers."""

    number: str
    title: str
    act: Callable[["Bench"], None]
    bars: dict[str, float] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    tiny_disk_mb: int = 0


FAULTS: dict[str, Fault] = {}


def fault(number: str, title: str, **more: Any) -> Callable[[Callable[["Bench"], None]], Callable[["Bench"], None]]:
    """Registers a function as the fault of this number."""

    def register(act: Callable[["Bench"], None]) -> Callable[["Bench"], None]:
        FAULTS[number] = Fault(number, title, act, **more)
        return act

    return register


@dataclass
class Bench:
    """What a fault may break, and what it must tell: `crowds` of visitors, and `over()` when the fault is over."""

    portal: Portal
    postgres: services.Server
    redis: services.Server
    sink: FaultyServer
    lines: dict[str, Line]
    house: House
    result: Result
    short: bool
    stack: ExitStack
    disk: Path | None = None
    crowds: list[Crowd] = field(default_factory=list)
    over_at: list[float] = field(default_factory=list)

    def pick(self, whole: Any, short: Any) -> Any:
        """The plan's figure, or a smaller one for every day."""
        return short if self.short else whole

    # --- the portal's parts --------------------------------------------------------------------------------------

    def start(self, *names: str, **env: str) -> None:
        """Start parts: web, worker, schedule, or a second one of a kind, such as worker-2."""
        for name in names:
            self.portal.launch(name, COMMANDS[name.partition("-")[0]], self.stack, **env)
        if "web" in names:
            services.wait_until(self.portal.answers, seconds=60, what="the web server's start")

    def start_all(self) -> None:
        """The whole portal, until its ready check is green."""
        self.start("worker", "schedule", "web")
        services.wait_until(lambda: not self.trouble(), seconds=120, what="a green ready check")

    def stop(self, name: str) -> None:
        """An orderly end."""
        services.end_process(self.portal.running[name], grace_seconds=30)

    def crowd(self, count: int, **more: str) -> Crowd:
        self.crowds.append(Crowd(self.portal, count, **more))
        return self.crowds[-1]

    def officers(self, count: int) -> list[requests.Session]:
        """Officers who are signed in. Their browsers may post to any page."""
        given = json.loads(self.portal.run("-m", "tests.faults.officers", str(count)))
        token = "c" * 32
        sessions = []
        for cookie in given["cookies"]:
            cookies = f"{given['name']}={cookie}; {given['csrf']}={token}"
            sessions.append(self.portal.browser())
            sessions[-1].headers.update({"Cookie": cookies, "X-CSRFToken": token})
        return sessions

    # --- what is seen --------------------------------------------------------------------------------------------

    def note(self, text: str) -> None:
        self.result.notes.append(text)

    def must(self, holds: object, what: str) -> None:
        """Something of this fault's own that must hold."""
        if not holds:
            self.result.broken.append(what)

    def over(self) -> None:
        """From now on nothing is broken any more: the clock of recovery runs."""
        self.over_at.append(time.monotonic())

    def wait_for_alert(self, red: Callable[[], object] | None = None, *, since: float) -> None:
        """Wait until somebody would be told: by the ready check, unless another sign is given."""
        services.wait_until(red or self.trouble, seconds=240, what="an alert")
        self.result.alert_after_s = round(time.monotonic() - since, 1)

    def trouble(self) -> str:
        """The reason why the ready check is red; empty while it is green."""
        answer = self.portal.browser().get(f"{self.portal.url}/health/ready", timeout=10)
        return "" if answer.ok else str(answer.json().get("reason", answer.status_code))

    def wait_for_quiet(self) -> None:
        services.wait_until(self.portal.is_quiet, seconds=QUIET_SECONDS, what="the outbox empty")

    # --- afterwards ----------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Wait for quiet; let those without an answer come back, and an officer see to what is uncertain."""
        for crowd in self.crowds:
            crowd.finish()
        self.wait_for_quiet()
        self._take_times()
        for crowd in self.crowds:
            crowd.come_back()
        self.wait_for_quiet()
        self.resolve()
        reckon(self.result, self.ledger, self._found())

    @property
    def ledger(self) -> list[Entry]:
        return [entry for crowd in self.crowds for entry in crowd.pressed]

    def _take_times(self) -> None:
        if not self.over_at:
            return
        self.result.time_to_drained_s = round(time.monotonic() - self.over_at[-1], 1)
        waits = [min(crowd.first_success_after(moment) for crowd in self.crowds) - moment for moment in self.over_at]
        known = [wait for wait in waits if wait != float("inf")]
        self.result.time_to_first_success_s = round(max(known), 1) if known else None

    def resolve(self) -> None:
        """The portal looks into the inbox. What it does not find there, an officer decides, who has looked too."""
        ((ever,),) = self.portal.sql(
            "SELECT count(DISTINCT mail_id) FROM enquiries_mailattempt WHERE outcome = 'uncertain'"
        )
        give_up_at = time.monotonic() + INBOX_SECONDS
        while self.in_doubt_but_there() and time.monotonic() < give_up_at:
            time.sleep(0.5)
        left = self.in_doubt()
        arrived = self.sink.count("<")
        self.press([pk for pk, message_id in left if message_id in arrived], "received")
        self.press([pk for pk, message_id in left if message_id not in arrived], "resend")
        self.wait_for_quiet()
        if ever:
            self.note(f"{ever} mails were uncertain for a while; {len(left)} of them an officer had to decide")

    def in_doubt(self) -> list[tuple[int, str]]:
        return self.portal.sql("SELECT id, message_id FROM enquiries_outgoingmail WHERE state = 'uncertain'")  # type: ignore[return-value]

    def in_doubt_but_there(self) -> list[int]:
        """Uncertain mails that the council's inbox holds: the portal can find them by itself."""
        there = self.sink.count("<routing-")
        return [pk for pk, message_id in self.in_doubt() if message_id in there]

    def press(self, mails: Iterable[int], step: str) -> None:
        """An officer presses a button beside each of these mails."""
        for pk in mails:
            self.officer.post(f"{self.portal.url}/admin/enquiries/outgoingmail/{pk}/do/{step}/", timeout=20)

    @cached_property
    def officer(self) -> requests.Session:
        return self.officers(1)[0]

    def _found(self) -> Found:
        sql = self.portal.sql
        mails = "SELECT message_id, state FROM enquiries_outgoingmail WHERE kind = %s"
        keys = sql("SELECT submit_key::text, reference FROM enquiries_enquiry")
        return Found(
            stored=dict(keys),
            routing=dict(sql(mails, "routing")),
            acknowledgements=dict(sql(mails, "acknowledgement")),
            arrived=Counter(mail.message_id for mail in self.sink.taken if not mail.message_id.startswith("<account-")),
            differences=self.portal.reconcile()["differences"],
            logs_that_tell=[log.name for log in self.portal.folder.glob("*.log") if _tells(log.read_bytes())],
        )


def _tells(log: bytes) -> bool:
    return CANARY.encode() in log or b"applicant-" in log


@contextmanager
def bench_for(chosen: Fault, house: House, *, short: bool, result: Result) -> Iterator[Bench]:
    """Everything for one fault: a copy of the database, a Redis, a mail server, an inbox, and the lines it names."""
    with ExitStack() as stack:
        name = chosen.number.lower()
        disk = stack.enter_context(tiny_disk(chosen.tiny_disk_mb)) if chosen.tiny_disk_mb else None
        postgres = house.postgres
        if disk:
            postgres = stack.enter_context(services.postgres_server(disk, small=True))
            house.furnish(postgres)
        run_sql(postgres, f"CREATE DATABASE {name} TEMPLATE template")
        redis = stack.enter_context(services.redis_server())
        sink = stack.enter_context(FaultyServer(house.certificate()).serving())
        sink.keep = _inbox(house, name)
        targets = {"redis": redis.port, "smtp": sink.port, "web": services.free_port()}
        lines = {server: stack.enter_context(Line(targets[server]).laid()) for server in chosen.lines}
        ports = targets | {server: line.port for server, line in lines.items()}
        env = house.environment(
            **{
                "DATABASE_URL": services.url_of(postgres, name),
                "REDIS_URL": f"redis://127.0.0.1:{ports['redis']}/0",
                "EMAIL_URL": f"smtp+tls://127.0.0.1:{ports['smtp']}",
                "MAILBOX_URL": f"imap://{name}:invented@127.0.0.1:{house.imap.port}/INBOX",
                "PORT": str(targets["web"]),
                **chosen.settings,
            }
        )
        folder = house.folder / name
        folder.mkdir()
        portal = Portal(folder, env, ports["web"], public=env["BASE_URL"])
        try:
            yield Bench(portal, postgres, redis, sink, lines, house, result, short, stack, disk)
        finally:
            for part in portal.running:  # an orderly end would only take longer
                portal.kill(part)


def _inbox(house: House, name: str) -> Callable[[Taken], None]:
    """Delivers what is for the council's inbox into the Maildir that Dovecot shows."""
    folder = mailbox.Maildir(house.maildirs / name)
    for path in (house.maildirs / name, *(house.maildirs / name).iterdir()):
        path.chmod(0o777)

    def keep(mail: Taken) -> None:
        if mail.recipient == INBOX:
            key = folder.add(mail.raw)
            os.chmod(os.path.join(house.maildirs / name, "new", key), 0o666)

    return keep
