"""Clocks that step: a worker's machine may be wrong by days, and the UK changes its hour twice a year."""

import datetime as dt
import json
import sys
import time
from pathlib import Path

from tests import services
from tests.enquiries.smtp import Script
from tests.faults.bench import Bench, fault

STEPS: dict[str, dt.timedelta | dt.datetime] = {
    "two days ahead": dt.timedelta(days=2),
    "two days behind": dt.timedelta(days=-2),
    "just before summer time begins": dt.datetime(2027, 3, 28, 0, 59, 57, tzinfo=dt.UTC),
    "just before summer time ends": dt.datetime(2026, 10, 25, 0, 59, 57, tzinfo=dt.UTC),
}


@fault("F17", "Clock steps", bars={"http_5xx": 0, "time_to_drained_s": 300})
def clock_steps(bench: Bench) -> None:
    """The clock of worker and schedule steps while they run, and back again; the schedule restarts in between."""
    dial = bench.portal.folder / "clock"
    dial.write_text("0")
    bench.start("web")
    start_with_dial(bench, dial, "worker", "schedule")
    each = bench.pick(16, 6)
    crowd = bench.crowd(each * len(STEPS))
    bench.sink.script_for = every_third_later
    for number, name in enumerate(STEPS):
        dial.write_text(str(wrong_by(STEPS[name])))
        crowd.start(rate=2, first=number * each, last=(number + 1) * each)
        time.sleep(4)
        bench.portal.kill("schedule")
        start_with_dial(bench, dial, "schedule")
        crowd.finish()
        dial.write_text("0")
        bench.over()
        services.wait_until(bench.portal.is_quiet, seconds=300, what=f"recovery after a clock {name}")
        seconds = time.monotonic() - bench.over_at[-1]
        bench.note(f"worker and schedule {name}: all mail had left {seconds:.0f} s after the clock was right")
    bench.sink.script_for = lambda number, recipient: None
    services.wait_until(lambda: not jobs_late(bench), seconds=120, what="every job's turn")


def wrong_by(step: dt.timedelta | dt.datetime) -> float:
    """How many seconds the clock must be wrong by."""
    return step.total_seconds() if isinstance(step, dt.timedelta) else step.timestamp() - time.time()


def start_with_dial(bench: Bench, dial: Path, *parts: str) -> None:
    for part in parts:
        command = [sys.executable, "-m", "tests.faults.wrong_clock", str(dial), part]
        bench.portal.launch(part, command, bench.stack)


def jobs_late(bench: Bench) -> list[str]:
    return list(json.loads(bench.portal.manage("status", "--json"))["jobs_late"])


def every_third_later(number: int, recipient: str) -> Script | None:
    return {"RCPT": "451 try later"} if number % 3 == 0 else None
