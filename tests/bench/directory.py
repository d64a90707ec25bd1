"""What importing the directory of the CQC costs: `python -m tests.bench.directory [LOCATIONS]`.

Makes a file of so many invented locations in the directory's layout (60,000 unless said), and the one of a month
later: a hundredth is gone, a hundredth is new, every fiftieth has moved. Imports both on SQLite and on PostgreSQL, each
file in a process of its own.
"""

import contextlib
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests import services
from tests.bench.__main__ import created
from tests.providers.cqc_files import DIRECTORY, PREAMBLE

FIRST = ["Oak", "Elm", "Ash", "Hazel", "Rowan", "Willow", "Cedar", "Maple", "Birch", "Alder", "Holly", "Juniper"]
SECOND = ["House", "Lodge", "Court", "View", "Gardens", "Manor", "Care", "Homecare", "Support", "Cottage", "Grange"]
TOWNS = ["Dagenham", "Barking", "Romford", "Ilford", "Chelmsford", "Colchester", "Basildon", "Harlow", "Leeds"]
AREAS = ["RM", "IG", "CM", "CO", "SS", "E", "N", "LS", "BS", "GL", "DT"]
KINDS = ["Homecare agencies", "Residential homes", "Nursing homes", "Supported living", "Dentist", "Doctors/GPs"]
NEEDS = ["Dementia", "Learning disabilities", "Physical disabilities", "Caring for adults over 65 yrs"]
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def main(locations: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / "first.csv", Path(folder) / "later.csv"]
        write(files[0], range(locations))
        write(files[1], range(locations // 100, locations + locations // 100), moved_every=50)
        size = files[0].stat().st_size / 1024**2
        print(
            f"{locations:,} locations, {size:.1f} MB, load {os.getloadavg()[0]:.1f}. A month later a hundredth is gone,"
        )
        print("a hundredth is new and every fiftieth has moved.\n")
        print("| database | file | reading | writing | rows a second | memory: before, most |")
        print("| --- | --- | --: | --: | --: | --: |")
        for name, environment in databases(folder):
            for line in measured(files, environment):
                print(f"| {name} | {line}", flush=True)


def databases(folder: str) -> Iterator[tuple[str, dict[str, str]]]:
    yield "SQLite", {**os.environ, "DATA_DIR": folder, "DATABASE_URL": ""}
    postgres, name = services.reachable_postgres(), f"bench_directory_{os.getpid()}"
    if postgres is None:
        print("There is no PostgreSQL here in which databases can be made. Name one in DATABASE_URL.")
        return
    with contextlib.ExitStack() as stack:
        stack.callback(services.drop_databases, postgres, beginning_with=name)
        created(postgres, name)
        yield "PostgreSQL", {**os.environ, "DATABASE_URL": urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))}


def measured(files: list[Path], environment: dict[str, str]) -> Iterator[str]:
    for file in files:
        command = [sys.executable, "-m", "tests.bench.directory_importer", str(file)]
        done = subprocess.run(command, cwd=services.ROOT, env=environment, check=True, capture_output=True, text=True)
        yield told(file.stem, json.loads(done.stdout))


def told(what: str, said: dict[str, Any]) -> str:
    reading, writing = (f"{said[part][0]:.1f} ({said[part][1]:.1f})" for part in ("reading", "writing"))
    return (
        f"{what}: {said['added']:,} added, {said['changed']:,} changed, {said['removed']:,} removed | {reading} | "
        f"{writing} | {said['rows'] / (said['reading'][0] + said['writing'][0]):,.0f} | "
        f"{said['before']:.0f} MB, {said['megabytes']:.0f} MB |"
    )


def write(path: Path, numbers: range, *, moved_every: int = 0) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows([[line, *[""] * 14] for line in PREAMBLE])
        writer.writerow(DIRECTORY)
        writer.writerows(location(number, moved=bool(moved_every) and number % moved_every == 0) for number in numbers)


def location(number: int, *, moved: bool) -> list[str]:
    """The same number is always the same location."""
    chosen = random.Random(number)
    name = f"{chosen.choice(FIRST)} {chosen.choice(FIRST)} {chosen.choice(SECOND)}"
    firm = f"{chosen.choice(FIRST)} {chosen.choice(SECOND)} {chosen.randrange(9999)} Ltd"
    outward = f"{chosen.choice(AREAS)}{chosen.randrange(1, 20)}"
    postcode = f"{outward} {chosen.randrange(9)}{chosen.choice(LETTERS)}{chosen.choice(LETTERS)}"
    street = f"{chosen.randrange(1, 300) + 500 * moved} {chosen.choice(FIRST)} Road"
    town, place = chosen.choice(TOWNS), f"1-{1_000_000_000 + number}"
    return [
        *(name, "", f"{street},{town}", postcode, f"20{chosen.randrange(10**7, 10**8)}"),
        *(f"https://www.{place}.example.org", "|".join(chosen.sample(KINDS, chosen.randrange(1, 3)))),
        *("09/Jan/2018 - 00:00", "|".join(chosen.sample(NEEDS, chosen.randrange(4))), firm, town, "London"),
        *(f"https://www.cqc.org.uk/location/{place}", place, f"1-{500_000_000 + number // 2}"),
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60_000)
