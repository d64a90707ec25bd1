"""What a partner proposes, as an officer reads it: each fact against what is public now, with what to look at twice."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from careportal.kit import markdown
from programmes import cautions, differences
from programmes.differences import Piece
from programmes.models import ListingChange, ListingDecision, Partner, Programme, ProposedField
from programmes.speeds import LABELS, MARKDOWN, SPEEDS, Listing, Speed, shown


@dataclass(frozen=True)
class Difference:
    """One fact, and what would change in it."""

    name: str
    pieces: list[Piece]
    is_layout_only: bool = False

    @property
    def label(self) -> str:
        return LABELS[self.name]

    @property
    def is_list(self) -> bool:
        return self.name == "partners"


@dataclass(frozen=True)
class Fact:
    """One proposed fact."""

    row: ProposedField
    difference: Difference
    has_moved: bool  # the public has changed since it was proposed
    cautions: list[str] = field(default_factory=list)
    earlier: list[ListingDecision] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def label(self) -> str:
        return LABELS[self.name]

    @property
    def waits(self) -> bool:
        return self.row.state == ProposedField.State.PROPOSED

    @property
    def is_full(self) -> bool:
        return SPEEDS[self.name] == Speed.FULL


class Reading:
    """A change as it is read now."""

    def __init__(self, change: ListingChange) -> None:
        self.change, self.listing = change, Listing(change.programme)

    @cached_property
    def names(self) -> dict[str, str]:
        return dict(Partner.objects.values_list("slug", "name"))

    @cached_property
    def facts(self) -> list[Fact]:
        """In the order of the table of speeds. What was approved is public and has nothing to compare."""
        rows = {row.name: row for row in self.change.fields.all()}
        return [self._fact(rows[name]) for name in SPEEDS if name in rows]

    @property
    def waiting(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.waits]

    @property
    def mark_of_public(self) -> str:
        return mark_of_public(self.change.programme, [fact.name for fact in self.waiting])

    def since(self, revision: int) -> list[Difference]:
        """What the partner has changed since this revision, for whoever read that one. Nothing, if it is unknown."""
        both = self.change.revisions.filter(number__in=[revision, self.change.revision])
        values = dict(both.values_list("number", "values"))
        old, new = values.get(revision), values.get(self.change.revision)
        if old is None or new is None:
            return []
        pairs = [(name, self._value(old, name), self._value(new, name)) for name in SPEEDS if name in {*old, *new}]
        return [self.compare(name, before, after) for name, before, after in pairs if before != after]

    def compare(self, name: str, before: Any, after: Any) -> Difference:
        if name == "partners":
            return Difference(name, differences.of_lists(self._partners(before), self._partners(after)))
        if not _is_text(name):
            return Difference(name, differences.of_values(_said(name, before), _said(name, after)))
        old, new = (markdown.words(one) if name in MARKDOWN else one for one in (str(before or ""), str(after or "")))
        if old == new and before != after:  # headings, lists, bold: the words are the same
            return Difference(name, differences.between(str(before), str(after)), is_layout_only=True)
        return Difference(name, differences.between(old, new))

    def _fact(self, row: ProposedField) -> Fact:
        public = self.listing.value(row.name)
        waits = row.state == ProposedField.State.PROPOSED
        return Fact(
            row=row,
            difference=self.compare(row.name, public, row.after),
            has_moved=waits and public != row.before,
            cautions=cautions.about(row.name, public, row.after, self._known) if waits else [],
            earlier=[one for one in self._decisions if one.name == row.name],
        )

    @cached_property
    def _known(self) -> frozenset[str]:
        return cautions.known_words() | set(self.change.programme.title.split())

    @cached_property
    def _decisions(self) -> list[ListingDecision]:
        return list(self.change.decisions.select_related("by"))

    def _value(self, values: dict[str, Any], name: str) -> Any:
        """What a revision says of a fact; of one that it does not propose, what is public."""
        return values[name] if name in values else self.listing.value(name)

    def _partners(self, slugs: Iterable[str] | None) -> list[str]:
        return [self.names.get(slug, slug) for slug in slugs or []]


def mark_of_public(programme: Programme, names: Iterable[str]) -> str:
    """Of what is public now about these facts: another one later means that something else was read."""
    listing = Listing(programme)
    said = json.dumps({name: listing.value(name) for name in sorted(names)}, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _is_text(name: str) -> bool:
    return name not in {"closing", "cost_pounds", "link", "telephone", "theme", "audience", "delivery_mode"}


def _said(name: str, value: Any) -> str:
    return shown(name, value) if value not in ("", None) else ""
