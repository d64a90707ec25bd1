"""Visitors who press Send at a rate, as patient as people are, and the ledger of what each was told."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import requests

from tests.faults.portal import Portal, Visitor, reference_in

PATIENCE = 3  # presses
PAUSE_SECONDS = 5.0


@dataclass
class Entry:
    """One line of the ledger: what this visitor was told, and when. `key` is the draft, the one-use key."""

    key: str
    pressed_at: float = 0.0
    answered_at: float = 0.0
    reference: str = ""
    status: int = 0  # of the last answer; 0 when none came
    answers: list[tuple[int, float]] = field(default_factory=list)  # every press: status, seconds

    def note(self, status: int, seconds: float, reference: str) -> None:
        self.status = status
        self.answers.append((status, seconds))
        if reference:
            self.reference, self.answered_at = reference, time.monotonic()


class Crowd:
    """So many visitors, their forms filled in beforehand.

    The first form is filled in page by page; the others are copies of its draft, each with an address of its own.
    What is then pressed is the real page: its session, its seal, its key.
    """

    def __init__(self, portal: Portal, count: int, programme: str = "sustainability-mentoring") -> None:
        self.portal = portal
        first = Visitor(portal)
        first.fill_in(0, programme)
        self.visitors = [first, *self._copies(first, count - 1)]
        self.ledger = [Entry(draft_of(visitor)) for visitor in self.visitors]
        self.going: threading.Thread | None = None

    def start(self, rate: float, first: int = 0, last: int | None = None) -> None:
        """Let them press Send, so many a second, in the background."""
        chosen = slice(first, last)
        whole = list(zip(self.visitors[chosen], self.ledger[chosen], strict=True))
        self.going = threading.Thread(target=self._go, args=(whole, rate))
        self.going.start()

    def finish(self) -> None:
        """Wait until each has an answer or has lost patience."""
        if self.going:
            self.going.join()

    def submit(self, rate: float = 1000, first: int = 0, last: int | None = None) -> None:
        self.start(rate, first, last)
        self.finish()

    def come_back(self) -> None:
        """Whoever pressed Send and has no reference tries once more on another day."""
        for visitor, entry in zip(self.visitors, self.ledger, strict=True):
            if entry.pressed_at and not entry.reference:
                press(visitor, entry)

    @property
    def pressed(self) -> list[Entry]:
        return [entry for entry in self.ledger if entry.pressed_at]

    def first_success_after(self, moment: float) -> float:
        """When the first answer with a reference came after this moment; never is infinity."""
        return min((entry.answered_at for entry in self.ledger if entry.answered_at > moment), default=float("inf"))

    def _copies(self, first: Visitor, count: int) -> list[Visitor]:
        made = self.portal.sql(COPY_DRAFT, count, draft_of(first)) if count else []
        visitors = [like(first, str(key)) for (key,) in made]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(Visitor.read_check_page, visitors))
        return visitors

    @staticmethod
    def _go(visitors: list[tuple[Visitor, Entry]], rate: float) -> None:
        started = time.monotonic()
        with ThreadPoolExecutor(min(len(visitors) or 1, 60 if rate < 100 else 8)) as pool:
            for number, (visitor, entry) in enumerate(visitors):
                time.sleep(max(0.0, started + number / rate - time.monotonic()))
                pool.submit(press_patiently, visitor, entry)


COPY_DRAFT = """
INSERT INTO enquiries_draft (id, owner, origin, started_at, expires_at, answers)
SELECT gen_random_uuid(), owner, origin, started_at, expires_at,
       replace(answers::text, 'applicant-0@', 'applicant-' || number || '@')::jsonb
FROM enquiries_draft, generate_series(1, %s) AS number WHERE id = %s
RETURNING id
"""


def draft_of(visitor: Visitor) -> str:
    return visitor.page.rstrip("/").split("/")[-2]


def like(first: Visitor, draft: str) -> Visitor:
    """Another tab of the same browser, on another draft."""
    other = Visitor(first.portal, page=first.page.replace(draft_of(first), draft))
    other.session.cookies.update(first.session.cookies)
    return other


def press_patiently(visitor: Visitor, entry: Entry) -> None:
    """Press Send, and again after a pause; three times in all."""
    entry.pressed_at = time.monotonic()
    for attempt in range(PATIENCE):
        press(visitor, entry)
        if entry.reference:
            return
        if attempt + 1 < PATIENCE:
            time.sleep(PAUSE_SECONDS)


def press(visitor: Visitor, entry: Entry) -> None:
    started = time.monotonic()
    status, reference = 0, ""
    with suppress(requests.RequestException):
        answer = visitor.press_send()
        status, reference = answer.status_code, reference_in(answer)
    entry.note(status, time.monotonic() - started, reference)
