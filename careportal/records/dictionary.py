"""What every table and every field holds, in words: taken from the models, so that it is never out of date."""

import inspect
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import models
from django.db.models import Field, Model

KINDS: list[tuple[type["Field[Any, Any]"], str]] = [
    (models.OneToOneField, "number or id of one row of another table"),
    (models.ForeignKey, "number or id of a row of another table"),
    (models.AutoField, "number of the row"),
    (models.UUIDField, "id: 32 hexadecimal digits with hyphens"),
    (models.DateTimeField, "moment, in UTC: 2026-11-22T09:30:00.123456+00:00"),
    (models.DateField, "day: 2026-11-22"),
    (models.BooleanField, "true or false"),
    (models.DecimalField, "decimal number"),
    (models.IntegerField, "whole number"),
    (models.JSONField, "JSON: lists, or names with values"),
    (models.BinaryField, "bytes, in base64"),
    (models.EmailField, "email address"),
    (models.GenericIPAddressField, "network address"),
    (models.CharField, "text on one line"),
    (models.TextField, "text"),
]


@dataclass(frozen=True)
class Entry:
    """One field of one table, in words."""

    table: str
    field: str
    type: str
    may_be_empty: str
    meaning: str
    choices: str
    points_to: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def entry(table: str, field: "Field[Any, Any]") -> Entry:
    return Entry(
        table=table,
        field=field.attname,
        type=next((words for kind, words in KINDS if isinstance(field, kind)), type(field).__name__),
        may_be_empty="yes" if field.null or (field.blank and not field.primary_key) else "no",
        meaning=". ".join(filter(None, [str(field.verbose_name), str(field.help_text).rstrip(".")])),
        choices="; ".join(f"{value or '(empty)'} = {words}" for value, words in field.flatchoices),
        points_to=field.related_model._meta.label if isinstance(field.related_model, type) else "",
    )


def meaning_of(model: type[Model]) -> str:
    """What a table is for: the first paragraph of its model's description, or its name."""
    said = inspect.getdoc(model) or ""
    if said and not said.startswith(f"{model.__name__}("):
        return " ".join(said.split("\n\n")[0].split())
    return f"{str(model._meta.verbose_name).capitalize()}."


def markdown(title: str, explanation: str, rows: int, entries: list[Entry]) -> Iterator[str]:
    """A chapter of the data dictionary."""
    yield f"\n### {title}\n\n{explanation} Rows: {rows}.\n"
    yield "| field | type | may be empty | meaning | choices | points to |\n| --- | --- | --- | --- | --- | --- |"
    for one in entries:
        cells = [one.field, one.type, one.may_be_empty, one.meaning, one.choices, one.points_to]
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
