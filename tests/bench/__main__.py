"""How the officers' pages cost at 1,000, 100,000 and 1,000,000 enquiries: `make bench`, or with other sizes.

    python -m tests.bench [--rounds 9] [--names PREFIX] [--keep] [SIZE …]

One process for each size, side by side; each round opens every page once at every size, so that other work on the
machine meets all alike. It fails when a page costs more than the bars allow.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from tests import services

SIZES = [1_000, 100_000, 1_000_000]
FLAT, SEARCH, QUERIES = 1.25, 3.0, 8
EXACT = {"my day"}  # its numbers are counted to the last one, and so have no bar


@dataclass
class Cost:
    """What was measured of one page at one size."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    queries: int = 0
    rows: int = 0

    def add(self, said: dict[str, Any]) -> None:
        self.wall += said["wall"]
        self.cpu.append(said["cpu"])
        self.queries, self.rows = said["queries"], said["rows"]

    @property
    def figures(self) -> tuple[float, float]:
        """Milliseconds: the median of the time and of the CPU."""
        return median(self.wall) * 1000, median(self.cpu) * 1000


Costs = dict[tuple[str, int], Cost]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--names", default=f"bench_{os.getpid()}")
    parser.add_argument("--keep", action="store_true", help="use databases of these names again, and leave them there")
    given = parser.parse_args()
    postgres = services.reachable_postgres()
    if postgres is None:
        raise SystemExit("There is no PostgreSQL here in which databases can be made. Name one in DATABASE_URL.")
    with contextlib.ExitStack() as stack:
        if not given.keep:
            stack.callback(services.drop_databases, postgres, beginning_with=f"{given.names}_")
        askers = {
            size: stack.enter_context(asker(postgres, f"{given.names}_{short(size)}", size)) for size in given.sizes
        }
        costs = measured(askers, given.rounds)
    return told(costs, given.sizes, given.rounds)


@contextlib.contextmanager
def asker(postgres: str, name: str, size: int) -> Iterator[subprocess.Popen[str]]:
    """The process beside the database of this size, which is made where there is none."""
    environment = {**os.environ, "DATABASE_URL": urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))}
    command = [sys.executable, "-m", "tests.bench.asker"]
    if created(postgres, name):
        print(f"Making {size:,} enquiries in {name}", flush=True)
        subprocess.run([*command, "fill", str(size)], cwd=services.ROOT, env=environment, check=True)
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=services.ROOT, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def short(size: int) -> str:
    """1000000 as 1m, for names."""
    return f"{size // 10**6}m" if size % 10**6 == 0 else f"{size // 1000}k" if size % 1000 == 0 else str(size)


def created(postgres: str, name: str) -> bool:
    opened = psycopg2.connect(postgres, connect_timeout=5)
    opened.autocommit = True
    with contextlib.closing(opened), opened.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            return False
        cursor.execute(f'CREATE DATABASE "{name}"')
        return True


def measured(askers: dict[int, "subprocess.Popen[str]"], rounds: int) -> Costs:
    costs: Costs = defaultdict(Cost)
    for number in range(rounds + 1):
        for page in json.loads(ask(next(iter(askers.values())), "pages")):
            for size, process in askers.items():
                said = json.loads(ask(process, page))
                if number:  # the first round warms up
                    costs[page, size].add(said)
        print(f"Round {number} of {rounds}, load {os.getloadavg()[0]:.1f}", flush=True)
    return costs


def ask(process: "subprocess.Popen[str]", line: str) -> str:
    assert process.stdin
    assert process.stdout
    print(line, file=process.stdin, flush=True)
    return process.stdout.readline()


# --- What came of it -----------------------------------------------------------------------------------------------


def told(costs: Costs, sizes: list[int], rounds: int) -> int:
    """The table, in Markdown, and what went over a bar."""
    least, names = min(sizes), list(dict.fromkeys(page for page, _ in costs))
    print(f"\nMedians of {rounds} rounds, in ms: time (CPU of web and database); rows shown in brackets.\n")
    print(f"| page | {' | '.join(f'{size:,}' for size in sizes)} | ratio: time, CPU | queries |")
    print(f"| --- |{' --: |' * (len(sizes) + 2)}")
    over = []
    for page in names:
        shown = [
            f"{{0:.0f}} ({{1:.0f}}) [{costs[page, size].rows}]".format(*costs[page, size].figures) for size in sizes
        ]
        ratios, queries = ratios_of(costs, page, least, max(sizes)), costs[page, max(sizes)].queries
        print(f"| {page} | {' | '.join(shown)} | {ratios[0]:.2f}, {ratios[1]:.2f} | {queries} |")
        over += too_much(page, ratios, queries)
    print("\n".join(["", *(over or ["Everything is within its bars."])]))
    return int(bool(over))


def ratios_of(costs: Costs, page: str, least: int, most: int) -> tuple[float, float]:
    """At the largest size: of a search against the plain queue there, of all else against the smallest size.

    A page that is not full at the smallest size is compared with the queue there, which is.
    """
    against = costs["queue", most] if page.startswith("search") else costs[page, least]
    if costs[page, most].rows > against.rows:
        against = costs["queue", least]
    (wall, cpu), (wall_before, cpu_before) = costs[page, most].figures, against.figures
    return wall / wall_before, cpu / cpu_before


def too_much(page: str, ratios: tuple[float, float], queries: int) -> Iterator[str]:
    bar = SEARCH if page.startswith("search") else FLAT
    if max(ratios) > bar and page not in EXACT:
        yield f"{page}: {max(ratios):.2f} times as much, and {bar} is allowed"
    if queries > QUERIES and page.startswith(("queue", "filter", "search")):
        yield f"{page}: {queries} queries, and {QUERIES} are allowed"


if __name__ == "__main__":
    sys.exit(main())
