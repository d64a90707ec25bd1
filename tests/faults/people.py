"""People who press twice, and officers who press at the same moment."""

import itertools
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import requests

from tests.faults.bench import Bench, fault
from tests.faults.crowd import draft_of, like, press
from tests.faults.line import Line
from tests.faults.portal import Visitor, reference_in

# --- One application, sent however often -----------------------------------------------------------------------------

Way = Callable[[Visitor, Line], list[str]]  # sends one application several times; every reference that was shown


@fault("F18", "Double submit", bars={"http_5xx": 0}, lines=("web",))
def double_submit(bench: Bench) -> None:
    bench.start_all()
    ways: list[Way] = [twenty_at_once, answer_lost, request_cut, refreshed, two_tabs, back_and_again]
    crowd = bench.crowd(bench.pick(60, 18))
    for visitor, entry, way in zip(crowd.visitors, crowd.ledger, itertools.cycle(ways), strict=False):
        seen = way(visitor, bench.lines["web"])
        entry.pressed_at = 1
        press(visitor, entry)
        bench.must(set(seen) == {entry.reference}, f"{way.__name__}: the references {seen} and {entry.reference}")
    bench.note(f"{len(crowd.ledger)} applications, each sent several times in one of {len(ways)} ways")


def twenty_at_once(visitor: Visitor, line: Line) -> list[str]:
    tabs = [same_page(visitor) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        return [reference_in(answer) for answer in pool.map(Visitor.press_send, tabs)]


def answer_lost(visitor: Visitor, line: Line) -> list[str]:
    """The request arrives, the answer does not."""
    with trouble(line, lose_answers=True), suppress(requests.RequestException):
        visitor.press_send()
    return [reference_in(visitor.press_send())]


def request_cut(visitor: Visitor, line: Line) -> list[str]:
    """The line breaks in the middle of the request."""
    with trouble(line, cut_after=1), suppress(requests.RequestException):
        visitor.press_send()
    return [reference_in(visitor.press_send())]


def refreshed(visitor: Visitor, line: Line) -> list[str]:
    thanks = visitor.press_send()
    return [reference_in(visitor.session.get(thanks.url, timeout=20)) for _ in range(3)]


def two_tabs(visitor: Visitor, line: Line) -> list[str]:
    other = like(visitor, draft_of(visitor))
    other.read_check_page()
    return [reference_in(visitor.press_send()), reference_in(other.press_send())]


def back_and_again(visitor: Visitor, line: Line) -> list[str]:
    """Back to the page with all answers, which the browser still has, and Send once more."""
    first = visitor.press_send()
    shown = visitor.session.get(visitor.page, timeout=20)
    return [reference_in(first), reference_in(shown), reference_in(visitor.press_send())]


def same_page(visitor: Visitor) -> Visitor:
    """The very same page, as a double click would send it."""
    other = like(visitor, draft_of(visitor))
    other.ready = visitor.ready
    return other


@contextmanager
def trouble(line: Line, **what: object) -> Iterator[None]:
    before = {name: getattr(line, name) for name in what}
    vars(line).update(what)
    try:
        yield
    finally:
        vars(line).update(before)


# --- One enquiry, two officers ---------------------------------------------------------------------------------------

# Steps that only one of two may take, in an order that an enquiry can go through, with what is recorded of each.
STEPS = {
    "take": "taken",
    "wait": "waiting",
    "resume": "resumed",
    "with-partner": "with_partner",
    "close": "closed",
    "reopen": "reopened",
}


@fault("F19", "Two officers, one enquiry", bars={"http_5xx": 0})
def two_officers(bench: Bench) -> None:
    bench.start_all()
    count = bench.pick(34, 8)
    bench.crowd(count).submit(rate=10)
    officers = bench.officers(2)
    enquiries = [pk for (pk,) in bench.portal.sql("SELECT id FROM enquiries_enquiry ORDER BY id")]
    for pk, step in itertools.product(enquiries, STEPS):
        told = at_once(bench, officers, f"/admin/enquiries/enquiry/{pk}/do/{step}/")
        bench.must(sorted(told) == ["success", "warning"], f"{step} by two at once: they were told {told}")
    events = "SELECT enquiry_id, kind, count(*) FROM enquiries_event WHERE by_id IS NOT NULL GROUP BY 1, 2"
    found = {(pk, kind): times for pk, kind, times in bench.portal.sql(events)}
    wanted = {(pk, kind): 1 for pk, kind in itertools.product(enquiries, STEPS.values())}
    bench.must(found == wanted, "the history does not hold each step once")
    bench.note(f"{len(enquiries) * len(STEPS)} rounds: one officer did it, the other was told, the history has it once")


def at_once(bench: Bench, officers: list[requests.Session], path: str) -> list[str]:
    """Both press the same button at the same moment; what kind of message each of them sees."""
    together = threading.Barrier(len(officers))

    def press_button(officer: requests.Session) -> str:
        together.wait(10)
        page = officer.post(f"{bench.portal.url}{path}", timeout=20).text
        found = re.search(r'class="govuk-notification-banner( govuk-notification-banner--success)?"', page)
        return "neither" if found is None else "success" if found[1] else "warning"

    with ThreadPoolExecutor(len(officers)) as pool:
        return list(pool.map(press_button, officers))
