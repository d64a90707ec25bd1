"""One process beside one database: makes its enquiries, or opens the officers' pages and says what each cost.

It reads names of pages, a line each, and answers with a line of JSON.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  Django must be set up before
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from careportal.accounts.models import User  # noqa: E402
from careportal.accounts.roles import Role  # noqa: E402
from careportal.accounts.services import give_second_factor  # noqa: E402
from careportal.worlds import many  # noqa: E402
from enquiries.models import Enquiry, Interest  # noqa: E402

QUEUE = "/admin/enquiries/enquiry/"
REPEATED = 2


def fill(number: int) -> None:
    """Tables, the council's programmes, five officers, the enquiries, and what autovacuum would have done overnight."""
    call_command("migrate", verbosity=0)
    call_command("load_pack", verbosity=0)
    for one in range(5):
        User.objects.get_or_create(email=f"bench-{one}@example.org", defaults={"role": Role.OFFICER})
    many.make(number)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def main() -> None:
    officer = User.objects.who_may("enquiries.change_enquiry").filter(role=Role.OFFICER).first()
    assert officer
    give_second_factor(officer)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(officer)
    addresses = pages(client)
    for line in sys.stdin:
        wanted = line.strip()
        print(json.dumps(list(addresses) if wanted == "pages" else asked(client, addresses[wanted])), flush=True)


def pages(client: Client) -> dict[str, str]:
    """The address of each page by its name. What people search for is something that is there."""
    one = Enquiry.objects.open().exclude(owner=None).order_by("-pk")[0]
    partner = (
        Interest.objects.filter(state="referred")
        .values_list("referred_to")
        .annotate(n=Count("pk"))
        .order_by("-n")[0][0]
    )
    filters = {
        **{f"filter: {query}": f"{QUEUE}?{query}" for query in FILTERS},
        "filter: programme": f"{QUEUE}?programme={one.interests.values_list('programme', flat=True)[0]}",
        "filter: partner": f"{QUEUE}?partner={partner}",
    }
    words = {
        "provider": one.organisation,
        "email": one.contact_email,
        "telephone": one.contact_telephone,
        "postcode": one.postcode,
        "common words": "care home",
        "a word of the message": "evenings",
        "what is not there": "unheard of anywhere",
    }
    found = {
        f"search: {name}": client.post(f"{QUEUE}search/", {"words": text})["Location"] for name, text in words.items()
    }
    return {"queue": QUEUE, "one enquiry": one.get_absolute_url(), "my day": "/admin/", **filters, **found}


FILTERS = [
    *("state=waiting", "state=closed", "owner=me", "owner=nobody", "channel=email"),
    *(
        "due=overdue",
        "due=today",
        "due=week",
        "only=trouble",
        "only=answered",
        "only=waiting_list",
        "only=offer_ends",
        "only=register",
    ),
    *("only=callable", "sort=call"),
    *("sort=due", "sort=waiting", "sort=received", "state=closed&sort=waiting", "page=20"),
    "owner=me&state=in_triage&due=week&sort=due",
]


def asked(client: Client, address: str) -> dict[str, Any]:
    """Medians need many numbers: the wall time of each request, and the CPU of both processes over all of them."""
    with CaptureQueriesContext(connection) as made:
        response = client.get(address)
    assert response.status_code == 200, address
    queries = len(made)
    rows = response.content.count(b'name="pick"')
    wall, cpu, backend = [], time.process_time(), backend_cpu()
    for _ in range(REPEATED):
        started = time.perf_counter()
        client.get(address)
        wall.append(time.perf_counter() - started)
    seconds = (time.process_time() - cpu + backend_cpu() - backend) / REPEATED
    return {"wall": wall, "cpu": seconds, "queries": queries, "rows": rows}


def backend_cpu() -> float:
    """Seconds of CPU that this connection's own PostgreSQL process has used."""
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    fill(int(sys.argv[2])) if sys.argv[1:2] == ["fill"] else main()
