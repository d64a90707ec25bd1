"""Mail servers that are away, refuse, hang, forget, or offer no encryption."""

import json
import re
import time

import trustme

from tests import services
from tests.enquiries.smtp import Script
from tests.faults.bench import Bench, fault
from tests.faults.house import INBOX

ALERT = 15  # seconds stand for 15 minutes: see house.CLOCK
SECOND_INBOX = "second.inbox@example.org"


@fault(
    "F9",
    "Mail server refuses connections",
    bars={"http_5xx": 0, "time_to_drained_s": 300, "alert_after_s": ALERT},
    lines=("smtp",),
)
def server_away(bench: Bench) -> None:
    bench.lines["smtp"].refuse()
    bench.start_all()
    backlog, some = bench.pick(460, 80), bench.pick(40, 20)
    crowd = bench.crowd(backlog + some)
    crowd.submit(rate=4, last=some)
    bench.wait_for_alert(since=crowd.ledger[0].pressed_at)
    crowd.submit(first=some)
    bench.lines["smtp"].open()
    bench.over()
    bench.note(f"{2 * (backlog + some)} mails waited when the server came back")


@fault("F10", "Mail server dies before its answer", bars={"http_5xx": 0})
def server_forgets(bench: Bench) -> None:
    bench.sink.script_for = every_fifth_unanswered
    bench.start_all()
    crowd = bench.crowd(bench.pick(50, 20))
    crowd.submit(rate=5)
    bench.wait_for_quiet()
    unsure = bench.portal.sql("SELECT count(*) FROM enquiries_mailattempt WHERE outcome = 'uncertain'")[0][0]
    bench.must(unsure >= len(crowd.ledger) // 5, f"only {unsure} mails became uncertain")
    failed = bench.portal.sql("SELECT count(*) FROM enquiries_outgoingmail WHERE state = 'failed'")
    bench.must(failed == [(0,)], "mails count as failed though nobody knows")
    bench.sink.script_for = nothing_special
    services.wait_until(lambda: not bench.in_doubt_but_there(), seconds=60, what="finding in the inbox what is there")
    bench.over()


def every_fifth_unanswered(number: int, recipient: str) -> Script | None:
    """By turns taken and not taken; the connection ends before the answer either way."""
    return {5: {"dot": "hang up"}, 0: {"dot": "lose"}}.get(number % 10)


def nothing_special(number: int, recipient: str) -> Script | None:
    return None


@fault(
    "F11",
    "Mail server says not now",
    bars={"http_5xx": 0},
    settings={"MAIL_RETRY_BASE_SECONDS": "1", "MAIL_RETRY_CAP_SECONDS": "120"},
)
def server_postpones(bench: Bench) -> None:
    noes = [{"connect": "421 too busy"}, {"MAIL": "451 try later"}, {"RCPT": "450 greylisted"}, {"dot": "452 no room"}]
    bench.start_all()
    crowd = bench.crowd(bench.pick(40, 20))
    crowd.start(rate=4)
    for no in noes:
        bench.sink.script = no
        time.sleep(5)
    bench.sink.script = {}
    bench.over()
    crowd.finish()
    bench.wait_for_quiet()
    ((most,),) = bench.portal.sql("SELECT max(attempts_made) FROM enquiries_outgoingmail")
    bench.must(most <= 10, f"a mail was tried {most} times")
    bench.note(f"421, 451, 450 and 452 for 20 s instead of 10 min; at most {most} attempts at one mail")


@fault("F12", "One inbox refuses for good", bars={"http_5xx": 0, "alert_after_s": ALERT})
def inbox_refuses(bench: Bench) -> None:
    rule = "INSERT INTO enquiries_routingrule (programme_id, inbox) SELECT id, %s FROM programmes_programme"
    bench.portal.sql(f"{rule} WHERE slug = 'enhanced-homecare'", SECOND_INBOX)
    bench.sink.script_for = lambda number, to: {"RCPT": "550 no such mailbox"} if to == SECOND_INBOX else None
    bench.start_all()
    refused, others = bench.crowd(5, programme="enhanced-homecare"), bench.crowd(bench.pick(40, 20))
    refused.submit(rate=5)
    others.start(rate=2)
    bench.wait_for_alert(lambda: is_warned(bench), since=refused.ledger[0].pressed_at)
    others.finish()
    wait = "percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - created_at))"
    ((p95,),) = bench.portal.sql(f"SELECT {wait} FROM enquiries_outgoingmail WHERE recipient = %s", INBOX)
    bench.must(p95 is not None and p95 <= 10, f"95 % of the other inbox's mails left within {p95} s")
    bench.sink.script_for = nothing_special
    failed = bench.portal.sql("SELECT id FROM enquiries_outgoingmail WHERE state = 'failed'")
    bench.must(len(failed) == 5, f"{len(failed)} mails count as failed instead of 5")
    bench.press([pk for (pk,) in failed], "resend")
    bench.over()
    bench.note(f"95 % of the other inbox's mails left within {p95:.1f} s; an officer sent the 5 refused ones again")


def is_warned(bench: Bench) -> bool:
    return "mail has failed" in json.loads(bench.portal.manage("status", "--json")).get("warnings", [])


@fault("F13", "Mail server slow or silent for some", bars={"http_5xx": 0})
def server_silent(bench: Bench) -> None:
    bench.start_all()
    count = bench.pick(60, 30)
    crowd = bench.crowd(2 * count)
    crowd.submit(rate=4, last=count)
    bench.wait_for_quiet()
    normal = throughput(bench, first=0)
    ((seen,),) = bench.portal.sql("SELECT max(id) FROM enquiries_outgoingmail")
    bench.sink.script_for = every_tenth_applicant_slow
    crowd.submit(rate=4, first=count)
    services.wait_until(lambda: not good_ones_waiting(bench), seconds=120, what="the good mails")
    good = throughput(bench, first=seen)
    bench.must(good >= normal / 2, f"{good:.1f} good mails a second instead of {normal:.1f}")
    longest = "SELECT max(extract(epoch FROM ended_at - started_at)) FROM enquiries_mailattempt"
    ((seconds,),) = bench.portal.sql(longest)
    bench.must(seconds <= 5, f"an attempt took {seconds:.0f} s")
    bench.sink.script_for = nothing_special
    bench.over()
    bench.note(f"one applicant's server in ten hung; the others got {good:.1f} mails a second ({normal:.1f} before)")
    bench.note(f"an attempt took {seconds:.1f} s at most, with MAIL_SECONDS=3")


def every_tenth_applicant_slow(number: int, recipient: str) -> Script | None:
    found = re.match(r"applicant-(\d+)@", recipient)
    if not found or int(found[1]) % 10:
        return None
    return ({"RCPT": "drip"}, {"DATA": "silence"}, {"dot": "silence"})[int(found[1]) // 10 % 3]


GOOD = "recipient !~ '^applicant-[0-9]*0@'"


def good_ones_waiting(bench: Bench) -> bool:
    waiting = f"SELECT 1 FROM enquiries_outgoingmail WHERE state IN ('queued', 'sending') AND {GOOD} LIMIT 1"
    return bool(bench.portal.sql(waiting))


def throughput(bench: Bench, *, first: int) -> float:
    """Mails a second, from the first that was written to the last that was taken."""
    seconds = "extract(epoch FROM max(sent_at) - min(created_at))"
    mails = f"FROM enquiries_outgoingmail WHERE id > %s AND {GOOD}"
    return float(bench.portal.sql(f"SELECT count(*) / {seconds} {mails}", first)[0][0])


@fault("F14", "Mail server without good encryption", bars={"http_5xx": 0, "alert_after_s": ALERT}, lines=("smtp",))
def no_encryption(bench: Bench) -> None:
    good, bench.sink.certificate = bench.sink.certificate, None
    bench.lines["smtp"].record = True
    bench.start_all()
    crowd = bench.crowd(20)
    crowd.submit(rate=4)
    bench.wait_for_alert(since=crowd.ledger[0].pressed_at)
    bench.sink.certificate = bench.house.certificate(trustme.CA())
    time.sleep(5)
    seen = bytes(bench.lines["smtp"].seen)
    bench.must(seen.count(b"STARTTLS") > 1, "encryption was not even asked for")
    for clear in (b"MAIL", b"RCPT", b"Subject:"):
        bench.must(clear not in seen.upper().replace(b"SUBJECT", b"Subject"), f"{clear.decode()} went over the wire")
    bench.must(not bench.sink.taken, "mail was handed over")
    bench.sink.certificate = good
    bench.over()
    bench.note("first no STARTTLS, then a certificate by a stranger: no mail, no address went over the wire")
