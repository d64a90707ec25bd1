"""Measures the lookup in the CQC directory, with 60,000 invented rows: `python -m tests.bench.lookup [ROWS]`.

It works in a test database beside the one that DATABASE_URL names, and drops it at the end. What is measured is the
whole answer of the address that suggests services while somebody types: the time, and the CPU of web and database,
which other work on the machine leaves alone. It fails when the CPU is above 50 ms at the 95th percentile.
"""

import os
import random
import statistics
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402  Django must be set up before
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_databases, setup_test_environment, teardown_databases  # noqa: E402

from providers.models import DirectoryImport, ProviderType, RegisteredLocation  # noqa: E402
from tests.bench.asker import backend_cpu  # noqa: E402

BAR_MS = 50
ASKED = 200
PLACES = (
    "Park",
    "Bridge",
    "River",
    "Station",
    "Orchard",
    "Mill",
    "Meadow",
    "Chapel",
    "Harbour",
    "Castle",
    "Abbey",
    "Rose",
    "Oak",
    "Elm",
    "Holly",
    "Cedar",
)
KINDS = ("Care Home", "Homecare", "Nursing Home", "Supported Living", "Care Services Limited", "Extra Care")
COUNCILS = ("Barking and Dagenham", *(f"Invented council {number}" for number in range(150)))


def main(rows: int) -> int:
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        known = fill(rows, random.Random(1))
        settings.LOOKUPS_PER_MINUTE = 1_000_000
        print(f"{connection.vendor}, {rows:,} locations, load {os.getloadavg()[0]:.1f}; server time in ms")
        return max([told(name, words) for name, words in questions(known).items()])
    finally:
        teardown_databases(databases, verbosity=0)


def fill(rows: int, chance: random.Random) -> list[RegisteredLocation]:
    made = [location(number, chance) for number in range(rows)]
    RegisteredLocation.objects.bulk_create(made, batch_size=2000)
    DirectoryImport.objects.create(
        kind="directory",
        file_name="invented.csv",
        sha256="",
        rows=rows,
        locations=rows,
        added=rows,
        changed=0,
        removed=0,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return chance.sample(made, ASKED)


def location(number: int, chance: random.Random) -> RegisteredLocation:
    """Names repeat, several share a postcode, and a provider has a few: as in the directory."""
    first, second = chance.choice(PLACES), chance.choice(PLACES)
    made = RegisteredLocation(
        cqc_location_id=f"1-{100_000_000 + number * 7}",
        cqc_provider_id=f"1-{900_000_000 + number // 3}",
        name=f"{first} {second} {chance.choice(KINDS)}",
        provider_name=f"{second} {number // 3} Group Holdings Limited",
        type=chance.choice(ProviderType.values),
        service_types=["Residential homes", "Homecare agencies"],
        specialisms=["Dementia", "Caring for adults over 65 yrs"],
        address=f"{number % 300} {first} Road, {second} Town",
        postcode=postcode(chance),
        local_authority=chance.choice(COUNCILS),
        is_social_care=True,
    )
    made.search_text = made.searched
    return made


def postcode(chance: random.Random) -> str:
    area = f"{chance.choice('BDEGHLNRSTW')}{chance.choice('ACGMNR')}{chance.randint(1, 40)}"
    return f"{area} {chance.randint(1, 9)}{''.join(chance.choices('ABDEFGHJLN', k=2))}"


def questions(known: list[RegisteredLocation]) -> dict[str, list[str]]:
    return {
        "postcode": [one.postcode.replace(" ", "").lower() for one in known],
        "part of a postcode": [one.postcode[:-2] for one in known],
        "name": [one.name for one in known],
        "name and provider": [f"{one.name} {one.provider_name}" for one in known],
        "first letters": [one.name[:4] for one in known],
        "common word": ["care"] * ASKED,
        "location id": [one.cqc_location_id.replace("-", " ") for one in known],
        "provider id": [one.cqc_provider_id for one in known],
        "nothing found": [f"unheard of {number}" for number in range(ASKED)],
        "hostile": ["%_" * 25_000, "care" * 12_000, "(.*)*" * 10_000] * (ASKED // 4),
    }


def told(name: str, words: list[str]) -> int:
    client, took, worked = Client(), [], []
    for text in words:
        started, cpu = time.perf_counter(), used()
        response = client.get("/services/lookup/", {"q": text})
        took.append((time.perf_counter() - started) * 1000)
        worked.append((used() - cpu) * 1000)
        assert response.status_code == 200, response.status_code
    print(f"{name:<20} time {figures(took)}   CPU {figures(worked)}   found {len(response.json()['found'])}")
    return int(p95_of(worked) > BAR_MS)


def used() -> float:
    """Seconds of CPU, of this process and of the database's."""
    return time.process_time() + (backend_cpu() if connection.vendor == "postgresql" else 0)


def p95_of(milliseconds: list[float]) -> float:
    return statistics.quantiles(milliseconds, n=20)[-1]


def figures(milliseconds: list[float]) -> str:
    return f"p50 {statistics.median(milliseconds):5.1f}, p95 {p95_of(milliseconds):5.1f}"


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 60_000))
