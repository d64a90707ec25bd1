"""Measures how fast a full inbox is read, and what pages cost meanwhile (MI13): `python -m tests.bench.inbox [MAILS]`.

10,000 invented mails of two weeks lie on a mail server of its own: most of them nobody's business here, the rest
requests. It works in a test database beside the one that DATABASE_URL names, and drops it at the end. A second
process reads as the worker does, look by look; this one asks for pages as browsers do. It fails when the
reading takes more than 10 minutes, or a page at the 95th percentile more than twice as long as afterwards, when as
much is listed and nothing is read.
"""

import mailbox
import multiprocessing
import os
import random
import shutil
import statistics
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402  Django must be set up before
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_databases, setup_test_environment, teardown_databases  # noqa: E402

from careportal.accounts.services import give_second_factor  # noqa: E402
from enquiries.models import Enquiry, IncomingMail, MailboxFolder  # noqa: E402
from enquiries.services import arrivals  # noqa: E402
from tests import services  # noqa: E402
from tests.factories import ProgrammeFactory, UserFactory  # noqa: E402

OWNER, OURS = "businessforum@lbbd.gov.uk", "mx.lbbd.gov.uk"
MINUTES, TIMES = 10, 2.0
AFTER_SECONDS, HINT_SECONDS = 20, 1
PAGES = ("/", "/programmes/", "/admin/enquiries/enquiry/", "/admin/enquiries/incomingmail/")


def main(mails: int) -> int:
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with services.imap_server() as (server, folder):
            settings.MAILBOX = {"security": "", "host": "127.0.0.1", "port": server.port, "folder": "INBOX"}
            settings.MAILBOX |= {"user": OWNER, "password": "invented"}
            settings.MAILBOX_AUTHSERV_ID, settings.SMTP_HOST = OURS, "127.0.0.1"
            arrivals.look_into_inbox()  # the first look begins at the end
            fill(folder / OWNER, mails)
            return told(mails)
    finally:
        teardown_databases(databases, verbosity=0)


def fill(folder: Path, mails: int) -> None:
    """They came in over two weeks, as they would pile up while nobody reads."""
    box, chance, now = mailbox.Maildir(folder, create=True), random.Random(1), time.time()
    for number in range(mails):
        raw = mail(number, chance)
        path = folder / "new" / f"{number}.M{number}.bench"
        path.write_bytes(raw)
        came = now - 14 * 86_400 * (1 - number / mails)
        os.utime(path, (came, came))
    box.close()
    owner = folder.stat()
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, owner.st_uid, owner.st_gid) if os.getuid() else os.chown(path, *_server(folder.parent))


def _server(folder: Path) -> tuple[int, int]:
    about = folder.stat()
    return about.st_uid, about.st_gid


def mail(number: int, chance: random.Random) -> bytes:
    """Of ten, seven are about something else, two are requests, one of them unproved, and one nearly is."""
    made, kind = EmailMessage(), number % 10
    made["From"], made["To"] = f"sender-{number}@example{number % 50}.org", OWNER
    made["Subject"] = {0: "Care sector support", 1: "Care sector support", 2: "Care sector suport"}.get(kind, "Invoice")
    made["Message-ID"] = f"<{number}@mail.example.org>"
    made.set_content(" ".join(chance.choices(["training", "rota", "dementia", "support", "please", "home"], k=400)))
    domain = f"example{number % 50}.org"
    proof = f"Authentication-Results: {OURS}; dmarc=pass header.from={domain}\n" if kind in {0, 2} else ""
    return proof.encode() + made.as_bytes()


def told(mails: int) -> int:
    ProgrammeFactory()
    client, officer = Client(SERVER_NAME="127.0.0.1"), UserFactory(officer=True)
    give_second_factor(officer)
    client.force_login(officer)
    asked(client, time.monotonic() + 3)
    started = time.monotonic()
    connections.close_all()  # the reader must not share a connection
    reader = multiprocessing.get_context("fork").Process(target=read)
    reader.start()
    during = asked_while(client, reader)
    seconds = time.monotonic() - started
    after = asked(client, time.monotonic() + AFTER_SECONDS)
    times = p95_of(during) / p95_of(after)
    print(f"{connection.vendor}, {mails:,} mails, load {os.getloadavg()[0]:.1f}")
    print(f"read in {seconds:.0f} s: {Enquiry.objects.count()} enquiries, {IncomingMail.objects.count()} stored")
    print(f"pages, p95 in ms: {p95_of(during):.0f} meanwhile, of {len(during)}; {p95_of(after):.0f} afterwards")
    is_read = MailboxFolder.objects.get().last_number >= mails and reader.exitcode == 0
    return int(not is_read or seconds > MINUTES * 60 or times > TIMES)


def read() -> None:
    """Look by look, with the moment between that a hint takes to the worker, until nothing is left."""
    while arrivals.look_into_inbox():
        time.sleep(HINT_SECONDS)


def asked_while(client: Client, reader: "multiprocessing.process.BaseProcess") -> list[float]:
    took: list[float] = []
    while reader.is_alive():
        took += asked(client, time.monotonic() + 1)
    return took


def asked(client: Client, until: float) -> list[float]:
    """Milliseconds for each page, some people at their desks: five pages a second at most."""
    took: list[float] = []
    while time.monotonic() < until:
        for page in PAGES:
            started = time.perf_counter()
            assert client.get(page).status_code == 200, page
            took.append((time.perf_counter() - started) * 1000)
            time.sleep(0.2)
    return took


def p95_of(milliseconds: list[float]) -> float:
    return statistics.quantiles(milliseconds, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
