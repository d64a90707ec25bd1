"""How an intake runs: paused, open, closed, with so many places left. Each step guards itself."""

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

from django.db import models

from programmes.exceptions import IntakeRefused

MOST_PLACES = 10_000
FACTS = ("starts_on", "ends_on", "place", "state")  # what somebody who applied for it must hear of


class Running(models.Model):
    """The part of an intake that its partner steers. To be called with its row locked."""

    if TYPE_CHECKING:
        State: Any
        pk: Any
        state: str
        title: str
        place: str
        opens_on: dt.date
        closes_on: dt.date
        starts_on: dt.date | None
        ends_on: dt.date | None
        capacity: int | None
        places_taken: int

    class Meta:
        abstract = True

    @property
    def shown_as(self) -> str:
        """What a page showed when it offered a step. A step from a page that showed something else is refused."""
        shown = [self.title, self.opens_on, self.closes_on, self.capacity, self.places_taken]
        shown += [getattr(self, name) for name in FACTS]
        return hashlib.sha256(repr([str(fact) for fact in shown]).encode()).hexdigest()[:16]

    def facts(self) -> dict[str, Any]:
        """As JSON can hold them."""
        facts = {name: getattr(self, name) for name in FACTS}
        return {name: fact.isoformat() if isinstance(fact, dt.date) else fact for name, fact in facts.items()}

    @property
    def may_open(self) -> bool:
        return self.state in {self.State.PAUSED, self.State.CLOSED}

    @property
    def may_pause(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def may_close(self) -> bool:
        return self.state in {self.State.OPEN, self.State.PAUSED}

    def open(self) -> None:
        """Take applications again, as far as its dates allow."""
        self._refuse_unless(self.may_open, "Only an intake that is paused or closed early can be opened.")
        self.state = self.State.OPEN

    def pause(self) -> None:
        """No applications, and no place is offered by itself, until it is opened again."""
        self._refuse_unless(self.may_pause, "Only an intake that is open can be paused.")
        self.state = self.State.PAUSED

    def close(self) -> None:
        """No more applications. Whoever has a place keeps it."""
        self._refuse_unless(self.may_close, "Only an intake that is open or paused can be closed.")
        self.state = self.State.CLOSED

    def set_places_left(self, left: int, *, held: int) -> None:
        """So many are left from now on, whatever was taken elsewhere. `held` are taken through the portal, and stay.

        Fewer than before: somebody took one elsewhere. More: those come back first, and then there are more places.
        """
        if not 0 <= left <= MOST_PLACES:
            raise IntakeRefused(f"Places left must be a number from 0 to {MOST_PLACES:,}.")
        taken = self.places_taken if self.capacity is None else max(self.capacity - left, held)
        taken = max(taken, held)
        if taken + left > MOST_PLACES:
            raise IntakeRefused(f"An intake has at most {MOST_PLACES:,} places, and {taken:,} are taken. Enter fewer.")
        self.capacity, self.places_taken = taken + left, taken

    def refuse_if_cancelled(self) -> None:
        self._refuse_unless(self.state != self.State.CANCELLED, "The council cancelled this intake. Ask the council.")

    def _refuse_unless(self, is_allowed: bool, words: str) -> None:
        if not is_allowed:
            raise IntakeRefused(words)
