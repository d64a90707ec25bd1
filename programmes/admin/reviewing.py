"""The page on which an officer decides about one change: what it shows to whom, and what it asks."""

from collections.abc import Mapping
from typing import Any

from careportal.accounts.models import User
from programmes import services
from programmes.exceptions import OwnChange
from programmes.forms_review import APPROVE, RETURN, DiscussForm, ReviewForm
from programmes.models import ListingChange
from programmes.reading import Difference, Fact, Reading
from programmes.speeds import LABELS


class Page:
    """A change as this officer may read and decide it."""

    def __init__(self, change: ListingChange, officer: Any) -> None:
        self.change, self.officer = change, officer
        self.reading = Reading(change)
        self.is_own = _is_own(change, officer)
        self.form = ReviewForm(facts=self.to_decide) if self.to_decide else None
        writes = officer.has_perm("programmes.change_listingchange") and change.is_open
        self.talk = DiscussForm(change=change) if writes else None
        self.since: list[Difference] = []
        self.is_stale = False
        self.typed: list[tuple[str, str]] = []

    @property
    def waits(self) -> bool:
        return self.change.state == ListingChange.State.SUBMITTED

    @property
    def facts(self) -> list[tuple[Fact, Any]]:
        """Each with the question about it, if it is this officer's to answer."""
        names = self.form.names if self.form else []
        return [
            (fact, self.form.asked(fact.name) if self.form and fact.name in names else "")
            for fact in self.reading.facts
            if fact.waits
        ]

    @property
    def decided(self) -> list[Fact]:
        return [fact for fact in self.reading.facts if not fact.waits]

    @property
    def to_decide(self) -> list[Fact]:
        if not self.waits or self.is_own:
            return []
        return [fact for fact in self.reading.waiting if services.may_decide(self.officer, fact.name)]

    @property
    def is_for_lead(self) -> bool:
        """Something waits that this officer, who decides about other things, may not decide."""
        return self.waits and not self.is_own and len(self.to_decide) < len(self.reading.waiting)

    @property
    def approve_all(self) -> str:
        """What the button says that approves at one go: never more than this officer has read and may decide."""
        number = len(self.to_decide)
        return "Approve it" if number == 1 else f"Approve all {number}"

    def filled_in(self, data: Mapping[str, Any]) -> ReviewForm | None:
        if self.form is not None:
            self.form = ReviewForm(data, facts=self.to_decide)
        return self.form

    def show_since(self, revision: int, data: Mapping[str, Any]) -> None:
        """What has changed since that revision. Answers about the rest, and all reasons, are kept."""
        self.is_stale = True
        self.since = self.reading.since(revision)
        changed = {difference.name for difference in self.since}
        kept: dict[str, str] = {}
        for name, label in LABELS.items():
            why, what = data.get(f"why-{name}", "")[:1000], data.get(f"what-{name}", "")
            if why:
                kept[f"why-{name}"] = why
                self.typed.append((label, why))
            if what in {APPROVE, RETURN} and name not in changed:
                kept[f"what-{name}"] = what
        if self.form is not None:
            self.form = ReviewForm(facts=self.to_decide, initial=kept)


def _is_own(change: ListingChange, officer: User) -> bool:
    try:
        services.refuse_own(change, officer)
    except OwnChange:
        return True
    return False
