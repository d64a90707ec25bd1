"""Redis away, silent, emptied. It only carries hints, so nobody may notice but by a few seconds."""

import redis

from tests.faults.bench import Bench, fault


@fault("F3", "Redis stopped, then started", bars={"submit_p95_s": 1, "time_to_drained_s": 300, "http_5xx": 0})
def redis_stopped(bench: Bench) -> None:
    bench.start_all()
    crowd = bench.crowd(bench.pick(120, 30))
    officer = bench.officer
    bench.redis.stop()
    crowd.start(rate=2)
    queue = officer.get(f"{bench.portal.url}/admin/enquiries/enquiry/", timeout=10)
    bench.must(queue.ok, "the officers' queue does not open while Redis is stopped")
    crowd.finish()
    bench.redis.start()
    bench.over()
    bench.note(f"Redis was stopped for {bench.pick(60, 15)} s instead of 5 min")


@fault("F4", "Redis silent", bars={"submit_p95_s": 3, "http_5xx": 0}, lines=("redis",))
def redis_silent(bench: Bench) -> None:
    bench.start_all()
    crowd = bench.crowd(bench.pick(120, 30))
    bench.lines["redis"].silent = True
    crowd.start(rate=2)
    crowd.finish()
    bench.lines["redis"].silent = False
    bench.over()
    bench.note(f"Redis accepted connections and never answered, for {bench.pick(60, 15)} s instead of 5 min")


@fault("F5", "Redis emptied", bars={"time_to_drained_s": 300, "http_5xx": 0})
def redis_emptied(bench: Bench) -> None:
    bench.start("web", "schedule")
    count = bench.pick(100, 40)
    crowd = bench.crowd(2 * count)
    crowd.submit(rate=20, last=count)
    empty(bench)
    bench.start("worker")
    crowd.start(rate=10, first=count)
    while crowd.going and crowd.going.is_alive():
        empty(bench)
        crowd.going.join(1)
    bench.over()
    bench.note(f"emptied after {count} submits with no worker, then every second under {count} more")


def empty(bench: Bench) -> None:
    with redis.Redis(port=bench.redis.port) as client:
        client.flushall()
