"""Measures exports (EX5): `python -m tests.bench.exports [ROWS]`. Prints memory, seconds, sizes, and what web noticed.

It works in a test database beside the one that DATABASE_URL names, and drops it at the end. Every export is made in a
process of its own, as by a worker, while this one goes on asking for the list of enquiries as an officer does.
"""

import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import time
import uuid
from typing import Any
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_databases, setup_test_environment, teardown_databases  # noqa: E402
from django.utils import timezone  # noqa: E402

from careportal.accounts.models import User  # noqa: E402
from careportal.accounts.services import give_second_factor  # noqa: E402
from careportal.kit.working_days import add_working_days  # noqa: E402
from enquiries.models import Enquiry, Export, Interest, OutgoingMail  # noqa: E402
from enquiries.services import exports  # noqa: E402
from tests.factories import ProgrammeFactory, UserFactory  # noqa: E402

BATCH = 5000
LOOKS = 40
PAUSE_SECONDS = 0.2


def main(rows: int) -> None:
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        fill(rows)
        lead = UserFactory(lead=True)
        browser = officers_browser(lead)
        quiet = looks(browser, LOOKS)
        print(f"{connection.vendor}, {rows:,} rows, load {os.getloadavg()[0]:.1f}; list alone: {told(quiet)}")
        for what in Export.What.values:
            for file_format in Export.Format.values:
                print(measured(lead, browser, what, file_format), flush=True)
    finally:
        teardown_databases(databases, verbosity=0)


def measured(lead: User, browser: Client, what: str, file_format: str) -> str:
    """One export in a process of its own, while an officer works with the list."""
    everything = urlencode([("state", state) for state in Enquiry.State.values])
    export = exports.ask_for_export(by=lead, what=what, file_format=file_format, query=everything, filters={})
    maker = subprocess.Popen([sys.executable, "-m", "tests.bench.maker"], stdout=subprocess.PIPE, env=its_own())
    meanwhile: list[float] = []
    while maker.poll() is None:
        meanwhile += looks(browser, 1)
        time.sleep(PAUSE_SECONDS)
    assert maker.stdout
    said = json.loads(maker.stdout.read().splitlines()[-1])
    export.refresh_from_db()
    assert export.is_ready
    size = f"{export.size / 1e6:.1f} MB"
    made = f"{export.rows_done:,} rows, {said['seconds']:.0f} s ({said['cpu']:.0f} s CPU)"
    memory = f"memory {said['megabytes']:.0f} MB ({said['before']:.0f} MB before)"
    return f"{what:10} {file_format:4} {made}, {memory}, file {size}; list meanwhile: {told(meanwhile)}"


def its_own() -> dict[str, str]:
    """The environment of a process that works in the test database."""
    name = connection.settings_dict["NAME"]
    postgres = os.environ.get("DATABASE_URL", "").rpartition("/")[0]
    return {**os.environ, "DATABASE_URL": f"{postgres}/{name}" if postgres else f"sqlite:///{name}"}


def looks(browser: Client, times: int) -> list[float]:
    """Seconds that each look at the list took."""
    took = []
    for _ in range(times):
        started = time.monotonic()
        assert browser.get("/admin/enquiries/enquiry/").status_code == 200
        took.append(time.monotonic() - started)
    return took


def told(took: list[float]) -> str:
    p95 = sorted(took)[int(len(took) * 0.95) - 1]
    return f"p50 {statistics.median(took) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms of {len(took)}"


def officers_browser(officer: User) -> Client:
    give_second_factor(officer)
    browser = Client()
    browser.force_login(officer)
    return browser


def fill(rows: int) -> None:
    """Enquiries of two years, each with one programme and two mails."""
    programmes = [ProgrammeFactory() for _ in range(10)]
    today = timezone.localdate()
    due = {day: add_working_days(today - dt.timedelta(days=day), 5) for day in range(730)}
    for start in range(0, rows, BATCH):
        numbers = range(start, min(start + BATCH, rows))
        enquiries = Enquiry.objects.bulk_create([enquiry(number, due) for number in numbers])
        Interest.objects.bulk_create(
            [interest(one, programmes[number % 10]) for number, one in zip(numbers, enquiries, strict=True)]
        )
        kinds = ("routing", "acknowledgement")
        OutgoingMail.objects.bulk_create([mail(one, kind) for one in enquiries for kind in kinds])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connections.close_all()


def enquiry(number: int, due: dict[int, dt.date]) -> Enquiry:
    days = number % 730
    closed: dict[str, Any] = {} if number % 50 == 0 else {"state": "closed"}
    return Enquiry(
        reference=f"B{number:09d}",
        submit_key=uuid.uuid4(),
        organisation=f"Example care home {number}",
        provider_type="care_home",
        postcode="RM10 8XD",
        area="inside",
        contact_name=f"Example Applicant {number}",
        contact_email=f"applicant-{number}@example.org",
        contact_telephone="+442079460958",
        message="We would like to know more. " * 10,
        privacy_version="2026-11",
        declared_at=timezone.now(),
        received_at=timezone.now() - dt.timedelta(days=days),
        reply_due_on=due[days],
        decision_due_on=due[days],
        **closed,
    )


def interest(one: Enquiry, programme: Any) -> Interest:
    answers = [["How many people would take part?", 12], ["What do you hope for?", "A better start. " * 15]]
    return Interest(
        enquiry=one,
        programme=programme,
        programme_title=programme.title,
        inbox="businessforum@lbbd.gov.uk",
        verdict="yes",
        answers=answers,
    )


def mail(one: Enquiry, kind: str) -> OutgoingMail:
    message_id = f"<{one.reference}-{kind}@lbbd.gov.uk>"
    about = {"recipient": "a@example.org", "recipient_key": "a@example.org", "subject": "care sector support"}
    return OutgoingMail(enquiry=one, kind=kind, message_id=message_id, state="sent", sent_at=timezone.now(), **about)


if __name__ == "__main__":
    main(int(next(iter(sys.argv[1:]), "100000")))
