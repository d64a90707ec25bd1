"""How quickly mail leaves: not faults, but figures that belong beside them."""

import time

from tests.faults.bench import Bench, fault


@fault("LOAD", "1,000 mails waiting, one worker", bars={"time_to_drained_s": 60, "http_5xx": 0})
def backlog(bench: Bench) -> None:
    bench.start("web")
    count = bench.pick(500, 100)
    bench.crowd(count).submit()
    bench.start("worker", "schedule")
    bench.over()
    started = time.monotonic()
    bench.wait_for_quiet()
    seconds = time.monotonic() - started
    bench.note(f"{2 * count} waiting mails left in {seconds:.0f} s by STARTTLS, the worker's own start among them")


@fault("PACE", "Mail at 2 submits a second", bars={"submit_p95_s": 1, "http_5xx": 0})
def pace(bench: Bench) -> None:
    bench.start_all()
    bench.crowd(bench.pick(120, 30)).submit(rate=2)
    bench.wait_for_quiet()
    for kind in ("routing", "acknowledgement"):
        wait = "percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - created_at))"
        ((p95,),) = bench.portal.sql(f"SELECT {wait} FROM enquiries_outgoingmail WHERE kind = %s", kind)
        bench.must(p95 <= 10, f"95 % of the {kind} mails were handed over within {p95:.1f} s")
        bench.note(f"95 % of the {kind} mails were handed over within {p95:.2f} s of pressing Send")
