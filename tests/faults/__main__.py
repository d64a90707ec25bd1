"""The fault bench: `make faults`, `make faults FAULTS="F1 F10"`, `make faults SHORT=1`.

Each fault gets a whole portal in production mode, is done to it, and is judged by what clients were told, what is
stored and what arrived. One JSON line a fault, a table at the end; exit code 1 when an invariant or a bar is broken.
"""

import json
import os
import signal
import sys
import time
import traceback
from contextlib import suppress

import psutil
import pytest

from tests.faults import broker, clock, database, figures, house, mail, people, processes
from tests.faults.bench import FAULTS, Bench, Fault, bench_for
from tests.faults.reckoning import Result, table

SUBJECTS = (broker, clock, database, figures, mail, people, processes)  # each registers its faults when it is read
EVERY_DAY = ("F1", "F3", "F5", "F6", "F9", "F18", "F19", "DI5")
NOT_THERE = (pytest.skip.Exception, pytest.fail.Exception)  # see services.missing


def main(names: list[str]) -> int:
    short = os.environ.get("SHORT") == "1"
    chosen = [FAULTS[name] for name in names or (EVERY_DAY if short else sorted(FAULTS, key=_number))]
    started = time.monotonic()
    try:
        with house.opened() as opened:
            results = [run(fault, opened, short=short) for fault in chosen]
    except NOT_THERE as reason:
        results = [not_run(fault, reason) for fault in chosen]
    print(f"\n{table(results, machine())}\n\nTook {time.monotonic() - started:.0f} s.")
    return int(any(result.broken for result in results))


def run(fault: Fault, opened: house.House, *, short: bool) -> Result:
    """Do the fault and judge it. Whatever goes wrong is told in the result, so that the others still run."""
    result, started = Result(fault.number, title=fault.title), time.monotonic()
    try:
        with bench_for(fault, opened, short=short, result=result) as bench:
            _do(fault, bench)
    except NOT_THERE as reason:
        return not_run(fault, reason)
    except Exception as error:
        traceback.print_exc()
        result.broken.append(f"{type(error).__name__}: {error}".strip()[:200].replace("\n", " "))
    print(json.dumps(result.figures()), flush=True)
    print(f"{fault.number} took {time.monotonic() - started:.0f} s", file=sys.stderr)
    return result


def not_run(fault: Fault, reason: BaseException) -> Result:
    """Said aloud, and a failure where nothing may be left out."""
    print(f"{fault.number} is not run: {reason}", file=sys.stderr)
    required = [str(reason)] if os.environ.get("REQUIRE_SERVICES") == "1" else []
    return Result(fault.number, title=fault.title, skipped=str(reason), broken=required)


def _do(fault: Fault, bench: Bench) -> None:
    try:
        fault.act(bench)
        bench.settle()
    except Exception:
        for log in sorted(bench.portal.folder.glob("*.log")):
            print(f"--- {log.name}\n{log.read_text()[-1500:]}", file=sys.stderr)
        raise
    for name, most in fault.bars.items():
        value = getattr(bench.result, name)
        bench.must(value is not None and value <= most, f"{name} is {value}, and the bar is {most:g}")


def machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {memory:.0f} GB of memory, load {load:.1f} at the end"


def _number(name: str) -> tuple[str, int]:
    return name.rstrip("0123456789"), int("0" + name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def stop(number: int, frame: object) -> None:
    """However we are told to stop, everything that was started is ended first."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    with suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit("make faults: stopped")
