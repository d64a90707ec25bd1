"""Which tables are copied, and how a row reads as one line of JSON: the same on every database."""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Field, Model
from django.utils.duration import duration_iso_string

from careportal.records.exceptions import Refused

# Sessions end, Django makes its own two again, pulses are of the machine that ran, and exports are gone within a day,
# codes and tries within the hour.
NOT_COPIED = {
    "sessions.Session",
    "usersessions.UserSession",
    "contenttypes.ContentType",
    "auth.Permission",
    "enquiries.AddressChange",
    "enquiries.AddressCode",
    "enquiries.Export",
    "enquiries.ExportPiece",
    "enquiries.FollowCode",
    "enquiries.OutcomeFile",
    "enquiries.PartnerCode",
    "enquiries.Pulse",
    "enquiries.Try",
}
BY_NAME = {"contenttypes.ContentType", "auth.Permission"}  # numbered anew in every database

ROWS_AT_ONCE = 1000
BYTES_AT_ONCE = 4 * 1024 * 1024


@dataclass
class Tally:
    """How many rows, and the sum of their SHA-256: the same in whatever order they come."""

    rows: int = 0
    total: int = 0

    def add(self, line: str) -> None:
        self.rows += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(line.encode()).digest())) % 2**256

    def as_dict(self) -> dict[str, Any]:
        return {"rows": self.rows, "sha256": f"{self.total:064x}"}


@dataclass
class Table:
    """One table of one database, read and written row by row, so that its size does not matter."""

    model: type[Model]
    database: str = "default"
    tally: Tally = field(default_factory=Tally)

    @property
    def label(self) -> str:
        return self.model._meta.label

    @cached_property
    def fields(self) -> list["Field[Any, Any]"]:
        """What is stored; what the database works out for itself is left out."""
        return [one for one in self.model._meta.local_concrete_fields if not one.generated]

    @cached_property
    def named(self) -> dict[str, "Names"]:
        """Fields that point to rows which every database numbers anew."""
        return {
            one.attname: Names(one.related_model, self.database)
            for one in self.fields
            if isinstance(one.related_model, type) and one.related_model._meta.label in BY_NAME
        }

    @property
    def stored(self) -> "models.QuerySet[Model]":
        return self.model._base_manager.using(self.database)

    def lines(self) -> Iterator[str]:
        """Every row as a line; `tally` holds their count and sum once all are read."""
        self.tally = Tally()
        names = [one.attname for one in self.fields]
        at_once = 20 if any(isinstance(one, models.BinaryField) for one in self.fields) else ROWS_AT_ONCE
        for values in self.stored.order_by("pk").values_list(*names).iterator(chunk_size=at_once):
            row = dict(zip(names, values, strict=True))
            for name, known in self.named.items():
                row[name] = known.name_of(row[name])
            line = json.dumps(row, default=_plain, sort_keys=True, separators=(",", ":"))
            self.tally.add(line)
            yield line

    def load(self, lines: Iterable[str]) -> None:
        """Write these rows. Nothing is sent, told or worked out on the way."""
        for batch in batches(lines):
            self.stored.bulk_create([self._row(json.loads(line)) for line in batch])

    def _row(self, values: dict[str, Any]) -> Model:
        row = {one.attname: self._value(one, values[one.attname]) for one in self.fields}
        return self.model(**row)

    def _value(self, one: "Field[Any, Any]", value: Any) -> Any:
        if one.attname in self.named:
            return self.named[one.attname].number_of(value)
        if value is None and isinstance(one, models.JSONField) and not one.null:
            return models.Value(None, models.JSONField())  # JSON's own null
        return one.to_python(value)


class Names:
    """The rows of a table that are known by name: other databases have other numbers for them."""

    def __init__(self, model: Any, database: str) -> None:
        self.model, self.database = model, database
        rows = model._base_manager.using(database)
        self.names = {row.pk: list(row.natural_key()) for row in rows}
        self.numbers = {tuple(name): pk for pk, name in self.names.items()}

    def name_of(self, number: int | None) -> list[str] | None:
        return None if number is None else self.names[number]

    def number_of(self, name: list[str] | None) -> int | None:
        if name is None:
            return None
        if tuple(name) not in self.numbers:
            self._make(name)
        return self.numbers[tuple(name)]

    def _make(self, name: list[str]) -> None:
        """History may be about a kind of thing that there is no more."""
        if self.model is not ContentType:
            raise Refused(f"This portal does not know {' '.join(name)}. Take the version that made it.")
        app, kind = name
        made = ContentType.objects.using(self.database).create(app_label=app, model=kind)
        self.names[made.pk], self.numbers[app, kind] = name, made.pk


def tables(database: str = "default") -> list[Table]:
    """Everything that is copied, of every installed app."""
    models_ = apps.get_models(include_auto_created=True)
    ours = (one for one in models_ if one._meta.managed and not one._meta.proxy and one._meta.label not in NOT_COPIED)
    return [Table(model, database) for model in sorted(ours, key=lambda one: one._meta.label)]


def batches(lines: Iterable[str]) -> Iterator[list[str]]:
    """The lines in portions that fit into memory, whatever is in them."""
    batch: list[str] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) >= ROWS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _plain(value: object) -> str:
    """What JSON has no form for, with nothing lost. Fields read it back with `to_python`."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, dt.timedelta):
        return duration_iso_string(value)
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"There is no form for {type(value).__name__} in a copy of the database.")
