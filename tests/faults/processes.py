"""Processes killed, frozen, doubled, missing, and all of them gone at once."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import psutil

from tests import services
from tests.faults.bench import Bench, fault


@fault("F1", "Worker killed while sending", bars={"time_to_drained_s": 120, "http_5xx": 0})
def worker_killed(bench: Bench) -> None:
    moments = random.Random(1)
    bench.sink.pause = 0.1
    bench.start("web", "schedule")
    count, kills = bench.pick(200, 40), bench.pick(20, 4)
    bench.crowd(count).submit()
    for _ in range(kills):
        before = len(bench.sink.taken)
        bench.start("worker")
        services.wait_until(
            lambda before=before: len(bench.sink.taken) > before or bench.portal.is_quiet(), what="a mail"
        )
        time.sleep(moments.uniform(0, 1))
        bench.portal.kill("worker")
    bench.start("worker")
    bench.over()
    bench.note(f"kill -9 of the worker and its pool, {kills} times, with {2 * count} mails waiting")


def wait_for_a_mail(bench: Bench) -> None:
    before = len(bench.sink.taken)
    services.wait_until(lambda: len(bench.sink.taken) > before or bench.portal.is_quiet(), what="a mail")


@fault("F22", "Web worker killed or frozen", bars={"time_to_drained_s": 300})
def web_worker_killed(bench: Bench) -> None:
    bench.start_all()
    rounds = bench.pick(10, 4)
    crowd = bench.crowd(rounds * 12)
    crowd.start(rate=4)
    for _ in range(rounds):
        time.sleep(2)
        victim = one_of(bench, "web")
        victim.kill()
        psutil.wait_procs([victim], timeout=5)
        bench.over()
    frozen = one_of(bench, "web")
    frozen.suspend()
    time.sleep(10)
    frozen.resume()
    crowd.finish()
    errors = sum(status != 200 for entry in crowd.ledger for status, _ in entry.answers)
    bench.must(errors <= rounds + 8, f"{errors} requests failed")
    bench.note(f"{rounds} web workers killed, one frozen for 10 s; {errors} requests failed and were sent again")


def one_of(bench: Bench, part: str) -> psutil.Process:
    """The oldest process that serves: the others were started after a kill and may not listen yet."""
    serving = psutil.Process(bench.portal.running[part].pid).children()
    return min((one for one in serving if one.status() != psutil.STATUS_ZOMBIE), key=psutil.Process.create_time)


@fault("F23", "Schedule doubled, then missing", bars={"http_5xx": 0, "time_to_drained_s": 300})
def schedules(bench: Bench) -> None:
    """Three workers, two schedules with their sweepers; then Redis goes, so that both sweepers send at once (CO6)."""
    bench.start("worker", "worker-2", "worker-3", "schedule", "schedule-2", "web")
    bench.sink.pause = 0.02
    count = bench.pick(100, 40)
    crowd = bench.crowd(2 * count)
    crowd.submit(last=count)
    bench.redis.stop()
    crowd.submit(first=count)
    bench.wait_for_quiet()
    bench.redis.start()
    for name in ("schedule", "schedule-2"):
        bench.portal.kill(name)
    bench.wait_for_alert(since=time.monotonic())
    bench.start("schedule")
    services.wait_until(lambda: not bench.trouble(), seconds=60, what="the end of the alert")
    bench.over()
    bench.note("three workers, two schedules, two sweepers at work at once; then no schedule until the alert")


@fault("F24", "Power cut", bars={"time_to_drained_s": 300})
def power_cut(bench: Bench) -> None:
    """Everything at once, PostgreSQL and Redis too. Nothing is repaired by hand."""
    bench.start_all()
    rounds = bench.pick(8, 2)
    crowd = bench.crowd(rounds * 60)
    crowd.start(rate=3)
    slowest = 0.0
    for _ in range(rounds):
        time.sleep(4)
        cut_power(bench)
        bench.over()
        bench.postgres.start()
        bench.redis.start()
        bench.start_all()
        slowest = max(slowest, time.monotonic() - bench.over_at[-1])
    crowd.finish()
    bench.must(slowest <= 30, f"it took {slowest:.0f} s to be ready")
    bench.note(f"everything killed at once, {rounds} times under 3 submits/s; ready after {slowest:.0f} s at most")


def cut_power(bench: Bench) -> None:
    cuts: list[Callable[[], None]] = [bench.postgres.kill, bench.redis.kill]
    cuts += [lambda name=name: bench.portal.kill(name) for name in ("web", "worker", "schedule")]  # type: ignore[misc]
    threads = [threading.Thread(target=cut) for cut in cuts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@fault("DI5", "Web server killed under submits", bars={"time_to_drained_s": 300})
def web_killed(bench: Bench) -> None:
    moments = random.Random(5)
    bench.start_all()
    crowd = bench.crowd(bench.pick(200, 40))
    crowd.start(rate=4)
    kills = 0
    while crowd.going and crowd.going.is_alive():
        crowd.going.join(moments.uniform(0.2, 4))
        bench.portal.kill("web")
        bench.start("web")
        kills += 1
    bench.over()
    bench.note(f"kill -9 of the whole web server {kills} times under 4 submits/s")


@fault("UP5", "Rolling restart", bars={"http_5xx": 0, "worst_answer_s": 5, "time_to_drained_s": 60}, lines=("web",))
def rolling_restart(bench: Bench) -> None:
    """A new one starts, the proxy switches to it, the old one ends its requests and stops: web, worker, schedule."""
    bench.start_all()
    rounds = bench.pick(3, 1)
    crowd = bench.crowd(rounds * 60)
    crowd.start(rate=3)
    for number in range(rounds):
        port = services.free_port()
        bench.start(f"web-{number}", PORT=str(port))
        newcomer = replace(bench.portal, port=port)
        services.wait_until(newcomer.answers, seconds=60, what="the new web server")
        bench.lines["web"].target = port
        bench.stop(before("web", number))
        for part in ("worker", "schedule"):
            bench.start(f"{part}-{number}")
            bench.stop(before(part, number))
    crowd.finish()
    bench.over()
    refused = sum(status != 200 for entry in crowd.ledger for status, _ in entry.answers)
    bench.must(refused == 0, f"{refused} presses of Send failed")
    bench.note(f"web, worker and schedule replaced {rounds} times under 3 submits/s; {refused} presses of Send failed")


def before(part: str, number: int) -> str:
    """The one that this one replaces."""
    return f"{part}-{number - 1}" if number else part
