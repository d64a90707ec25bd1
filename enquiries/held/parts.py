"""How what is held is laid out: parts of items of rows, with values as they are stored."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.dateformat import format as formatted
from django.utils.timezone import localtime

MOST = 200  # of one kind: what is more, an officer sends


@dataclass(frozen=True)
class Row:
    what: str
    value: Any

    @property
    def words(self) -> str:
        """The value as people read it."""
        if isinstance(self.value, dt.datetime):
            return formatted(localtime(self.value), "j F Y, H:i")
        if isinstance(self.value, dt.date):
            return formatted(self.value, "j F Y")
        return str(self.value)

    @property
    def data(self) -> str:
        """The value as programs read it."""
        return self.value.isoformat() if isinstance(self.value, dt.date) else str(self.value)


@dataclass(frozen=True)
class Item:
    """One thing, with `key` where something can be done about it."""

    title: str
    rows: list[Row]
    key: str = ""


@dataclass(frozen=True)
class Part:
    name: str
    title: str
    items: list[Item] = field(default_factory=list)
    left_out: int = 0


def rows(*pairs: tuple[str, Any]) -> list[Row]:
    """A row for each value that there is."""
    return [Row(what, value) for what, value in pairs if value not in ("", None)]


def part(name: str, title: str, items: Iterable[Item], count: int | None = None) -> Part:
    """At most so many of one kind; `count` is how many there are."""
    shown = list(islice(items, MOST))
    return Part(name, title, shown, max(0, (count or 0) - len(shown)))


def as_data(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """For a file that programs read."""
    return [
        {
            "kind": one.name,
            "title": one.title,
            "left_out": one.left_out,
            "items": [
                {"title": item.title, "rows": [{"what": row.what, "value": row.data} for row in item.rows]}
                for item in one.items
            ],
        }
        for one in parts
    ]
