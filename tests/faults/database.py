"""PostgreSQL restarting under load, and its disk full."""

import signal
import time
from contextlib import suppress
from pathlib import Path

from tests import services
from tests.faults.bench import Bench, fault


@fault("F6", "Database restarts in mid-request", bars={"time_to_first_success_s": 5, "time_to_drained_s": 300})
def database_restarts(bench: Bench) -> None:
    """By turns a fast and an immediate stop. The parts go on by themselves afterwards."""
    bench.start_all()
    rounds, rate = bench.pick(10, 4), bench.pick(5, 3)
    crowd = bench.crowd(rounds * rate * 5)
    crowd.start(rate=rate)
    away = 0.0
    for number in range(rounds):
        time.sleep(3)
        away -= time.monotonic()
        bench.postgres.stop(signal.SIGINT if number % 2 else signal.SIGQUIT)
        time.sleep(0.5)
        bench.postgres.start()
        away += time.monotonic()
        bench.over()
    crowd.finish()
    bench.must(all(part.poll() is None for part in bench.portal.running.values()), "a part of the portal ended")
    bench.note(f"{rounds} restarts under {rate} submits/s, {away:.0f} s without a database: a 503 asks to try again")


@fault(
    "F15",
    "Disk of the database full",
    bars={"time_to_first_success_s": 60, "time_to_drained_s": 300},
    tiny_disk_mb=128,
)
def disk_full(bench: Bench) -> None:
    bench.start_all()
    crowd = bench.crowd(bench.pick(120, 60))
    crowd.start(rate=3)
    time.sleep(3)
    assert bench.disk
    filler = bench.disk / "filler"
    fill(filler)
    ends_at = time.monotonic() + bench.pick(30, 15)
    while time.monotonic() < ends_at:
        fill(filler)
        revive(bench.postgres)
        time.sleep(1)
    filler.unlink()
    revive(bench.postgres, seconds=60)
    bench.over()
    crowd.finish()
    failed = sum(status == 503 for entry in crowd.ledger for status, _ in entry.answers)
    other = {status for entry in crowd.ledger for status, _ in entry.answers} - {200, 503}
    bench.must(failed, "the full disk was not felt")
    bench.must(not other, f"answers other than 200 and 503: {other}")
    bench.note(
        "the disk was full to the last byte for 30 s; those who pressed Send then saw a page that says try again"
    )


def fill(filler: Path) -> None:
    """To the last byte; the file grows into whatever has become free."""
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(b"\0" * 65536)
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(b"\0" * 512)


def revive(postgres: services.Server, *, seconds: float = 3) -> None:
    """What the machine's supervisor does when the server has ended over the full disk."""
    if postgres.process.poll() is not None:
        with suppress(AssertionError):
            postgres.start(seconds=seconds)
