"""What the rows of a file say of each location."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from providers.cqc import values
from providers.cqc.headings import Heading
from providers.cqc.odd import Oddities
from providers.cqc.rows import NOT_AS_PUBLISHED, Row
from providers.cqc.service_types import is_social_care, type_of
from providers.exceptions import FileRefused
from providers.models import ProviderType

OVERALL = "overall"


@dataclass(slots=True)
class Found:
    """One location: its facts by the names of our columns, as far as the file has them, and its overall rating."""

    line: int
    cqc_location_id: str
    facts: dict[str, Any]
    rating: str = ""
    rated_on: dt.date | None = None
    is_overall: bool = True  # ratings come one row a domain and group of people, and only one of them is of the whole


@dataclass
class Reader:
    """Reads the rows below one heading, and notes what is odd."""

    heading: Heading
    days: values.Days
    odd: Oddities = field(default_factory=Oddities)
    rows: int = 0
    providers: int = 0

    def read(self, rows: Iterator[Row]) -> Iterator[Found]:
        for row in rows:
            self.rows += 1
            self._refuse_torn(row)
            found = self._found(row, self._texts(row.cells))
            if found:
                yield found

    def _refuse_torn(self, row: Row) -> None:
        """Sheets have no cells after the last that holds something; lines of text have all of them."""
        is_short = not row.sheet and len(row.cells) < self.heading.width
        if is_short or any(row.cells[self.heading.width :]):
            raise FileRefused(
                f"Line {row.line:,} has {len(row.cells)} cells where the heading has {self.heading.width}: the file is "
                f"torn. {NOT_AS_PUBLISHED}"
            )

    def _texts(self, cells: list[str]) -> dict[str, str]:
        return {column: cells[place] if place < len(cells) else "" for column, place in self.heading.places.items()}

    def _found(self, row: Row, texts: dict[str, str]) -> Found | None:
        note = partial(self.odd.note, line=row.line)
        layout = self.heading.layout
        if layout.has_providers_among_locations and not texts["location_id"].strip():
            self.providers += 1
            return None
        number = values.location_id(texts["location_id"], row.line, note)
        day = self.days.read(texts.get("day", ""), row.line, note)
        is_overall = {texts.get("group", OVERALL).strip().lower(), texts.get("domain", OVERALL).strip().lower()} == {
            OVERALL
        }
        rating = values.rating(texts.get("rating", ""), note) if is_overall else ""
        facts = dict(self._facts(row, texts, note)) if is_overall or layout.is_whole else {}
        return Found(row.line, number, facts, rating, day if rating else None, is_overall)

    def _facts(self, row: Row, texts: dict[str, str], note: values.Note) -> Iterator[tuple[str, Any]]:
        has, provider = self.heading.has, values.line_of_text(texts["provider_name"], 200, "provider’s name", note)
        name = values.line_of_text(texts["name"], 200, "name", note)
        if not name:
            note("no name")
        yield "name", name or provider or texts["location_id"].strip()
        yield "provider_name", provider
        if has("provider_id"):
            yield "cqc_provider_id", values.provider_id(texts["provider_id"], note)
        yield from self._kind(row, texts, note)
        if has("address", "street"):
            lines = [texts[one] for one in ("address", "street", "second_line", "town") if one in texts]
            yield "address", values.line_of_text(values.address(lines), 300, "address", note)
        if has("postcode"):
            yield "postcode", values.postcode(texts["postcode"], note)
        if has("telephone"):
            yield "telephone", values.telephone(texts["telephone"], note)
        if has("website"):
            yield "website", values.website(texts["website"], note)
        for column, what in (("local_authority", "local authority"), ("region", "region")):
            if has(column):
                yield column, self._name(texts[column], what, note)

    def _name(self, cell: str, what: str, note: values.Note) -> str:
        text = values.line_of_text(cell, 100, what, note)
        if not text:
            note(f"no {what}")
        return text

    def _kind(self, row: Row, texts: dict[str, str], note: values.Note) -> Iterator[tuple[str, Any]]:
        """Its service types where the file has them. Ratings only tell a care home and the sector."""
        has = self.heading.has
        types = values.service_types(self._list("service_types", row, texts), note)
        if has("service_types"):
            yield "service_types", types
            if not types:
                note("no service type")
        if has("specialisms"):
            yield "specialisms", values.names(self._list("specialisms", row, texts))
        kind = type_of(types)
        if kind == ProviderType.OTHER and texts.get("care_home", "").strip().upper() in {"Y", "YES"}:
            kind = ProviderType.CARE_HOME
        yield "type", kind
        sector = texts.get("sector", "").strip().lower()
        yield "is_social_care", sector.startswith("social care") if sector else is_social_care(types)

    def _list(self, column: str, row: Row, texts: dict[str, str]) -> list[str]:
        if column in self.heading.one_hot:
            places = self.heading.one_hot[column]
            return [name for place, name in places if place < len(row.cells) and row.cells[place].strip()]
        return self.heading.layout.split(texts[column]) if column in texts else []
