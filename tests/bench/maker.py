"""A worker's part in measuring exports: makes what is due, in a process of its own, and says what that took."""

import json
import os
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from enquiries.admin.found import export_rows  # noqa: E402
from enquiries.services import exports  # noqa: E402


def main() -> None:
    before, started, worked = megabytes(), time.monotonic(), time.process_time()
    assert exports.make_next(export_rows)
    took = {"seconds": time.monotonic() - started, "cpu": time.process_time() - worked}
    print(json.dumps({**took, "before": before, "megabytes": megabytes()}))


def megabytes() -> float:
    """The most memory that this process has had. Not `ru_maxrss`: that begins with what its parent had."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main()
