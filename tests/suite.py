"""`make test`: the suite on SQLite, then on PostgreSQL with Redis, and at the end what ran and what did not."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from xml.etree import ElementTree

import pytest

from tests import services

PROCESSES = os.environ.get("TEST_PROCESSES", "2")
COULD_NOT_START = (
    pytest.skip.Exception,
    pytest.fail.Exception,
    AssertionError,
    OSError,
    subprocess.CalledProcessError,
)


@dataclass
class Part:
    """One run of pytest, or the reason why there was none."""

    name: str
    outcome: str
    failed: bool = False


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    parts = [on_sqlite(arguments), on_services(arguments), the_browser()]
    failed = any(part.failed for part in parts)
    for part in parts:
        print(f"{part.name}: {part.outcome}")
    print(f"make test: {'FAILED' if failed else 'passed'} in {time.monotonic() - started:.0f} s")
    return int(failed)


def on_sqlite(arguments: list[str]) -> Part:
    return run("SQLite, broker of files", [*arguments, "-m", "not services"], {"DATABASE_URL": "", "REDIS_URL": ""})


def on_services(arguments: list[str]) -> Part:
    """Everything but the browser's journeys again, with names of our own in the servers that were found."""
    name = "PostgreSQL, Redis, worker"
    with contextlib.ExitStack() as started:
        try:
            postgres = services.reachable_postgres() or started.enter_context(services.private_postgres())
            redis = services.reachable_redis() or started.enter_context(services.private_redis())[0]
        except COULD_NOT_START as reason:
            return Part(name, f"not run: {reason}", failed=os.environ.get("REQUIRE_SERVICES") == "1")
        with names_of_our_own(postgres, redis) as given:
            return run(name, [*arguments, "-m", "not journey and not embedded"], given)


def the_browser() -> Part:
    found = services.browser()
    if found:
        return Part("Browser journeys", f"in the SQLite run, with {found}")
    return Part("Browser journeys", "not run: no chromium here", failed=os.environ.get("REQUIRE_BROWSER") == "1")


@contextlib.contextmanager
def names_of_our_own(postgres: str, redis: str) -> Iterator[dict[str, str]]:
    """A database name and a key prefix that nobody else has, and nothing left of either afterwards."""
    name = f"careportal_{os.getpid()}"
    try:
        yield {
            "DATABASE_URL": urlunsplit(urlsplit(postgres)._replace(path=f"/{name}")),
            "REDIS_URL": redis,
            "REDIS_PREFIX": f"{name}:",
        }
    finally:
        services.drop_databases(postgres, beginning_with=f"test_{name}")
        services.remove_keys(redis, prefix=f"{name}:")


def run(name: str, arguments: list[str], given: dict[str, str]) -> Part:
    """Run pytest in a data folder of its own and read back what it counted."""
    print(f"\n=== {name} ===", flush=True)
    with tempfile.TemporaryDirectory(prefix="careportal-test-") as folder:
        report = Path(folder) / "report.xml"
        environment = {**os.environ, "DATA_DIR": folder, **given}
        environment = {key: value for key, value in environment.items() if value}
        how = ["-q", "-n", PROCESSES, "--dist", "loadgroup", f"--junitxml={report}"]
        command = [sys.executable, "-m", "pytest", *how, *arguments]
        code = subprocess.run(command, cwd=services.ROOT, env=environment, check=False).returncode
        return Part(name, _counts(report), failed=code != 0)


def _counts(report: Path) -> str:
    if not report.exists():
        return "did not get as far as running tests"
    suite = ElementTree.parse(report).getroot().find("testsuite")
    total, failures, errors, skipped = (int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped"))
    bad = failures + errors
    return f"{total - bad - skipped} passed, {bad} failed, {skipped} skipped"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("make test: stopped")
