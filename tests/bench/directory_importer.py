"""One import of a file into the database of the environment: says what reading and writing took, and the memory."""

import json
import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  Django must be set up before

from providers import services  # noqa: E402
from tests.bench.maker import megabytes  # noqa: E402


def main(path: Path) -> None:
    call_command("migrate", verbosity=0)
    before, started = megabytes(), now()
    with path.open("rb") as file, services.planned_import(file) as plan:
        planned = now()
        made = services.import_directory(plan, file)
    took = {"reading": between(started, planned), "writing": between(planned, now())}
    counts = {name: getattr(made, name) for name in ("rows", "added", "changed", "removed")}
    print(json.dumps({**took, **counts, "before": before, "megabytes": megabytes()}))


def now() -> tuple[float, float]:
    return time.monotonic(), time.process_time()


def between(first: tuple[float, float], second: tuple[float, float]) -> list[float]:
    """Seconds, and those of the CPU."""
    return [later - earlier for earlier, later in zip(first, second, strict=True)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
