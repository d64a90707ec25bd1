"""Tables that are only ever added to, and whose rows are sealed one to the next: what SQL does to them is found.

A row is **marked** when it is written: a keyed sum over what it says. A moment later a job gives it the next number of
its table and **seals** it: a keyed sum over the mark's content, its number and the seal before it. Sealing at once
would mean to lock the chain's end inside every transaction: all of them would wait for each other, and two chains
taken in different order would deadlock. Nobody but whoever has SECRET_KEY can make a mark or a seal.
"""

import datetime as dt
import math
import time
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from careportal.kit.digests import digest, fits
from careportal.kit.models import Chain

ROWS_AT_ONCE = 200  # a short transaction: on SQLite everybody else waits for it
SECONDS_AT_ONCE = 20
UNMARKED_FOR = dt.timedelta(days=1)
NOT_SEALED = models.Q(number__isnull=True)
NOTHING: tuple[object, ...] = (None, "", [], {})
ONLY_ADDED_TO = "This history is only ever added to."


class ChainedQuerySet(models.QuerySet[Any]):
    def update(self, **changes: Any) -> int:
        raise TypeError(ONLY_ADDED_TO)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError(ONLY_ADDED_TO)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        for row in rows:
            row.mark()
        return super().bulk_create(rows, *args, **kwargs)


class Chained(models.Model):
    """A row of a history. It has a moment `at`. Migrations add columns to it, and never rename or remove one."""

    number = models.PositiveBigIntegerField(
        null=True, unique=True, editable=False, help_text="Its place in the chain; none until it is sealed."
    )
    seal = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="A keyed sum over the row, and once it has a number over the seal before it.",
    )

    objects = ChainedQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["id"], condition=NOT_SEALED, name="%(app_label)s_%(class)s_unsealed")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(ONLY_ADDED_TO)
        self.mark()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(ONLY_ADDED_TO)

    def mark(self) -> None:
        self.seal = digest("mark", self._said())

    @property
    def is_marked(self) -> bool:
        """Written by the portal, and not sealed yet."""
        return fits(self.seal, "mark", self._said())

    def take_number(self, number: int, *, after: str) -> None:
        self.number = number
        self.seal = digest("seal", self._placed(after))

    def is_sealed(self, *, after: str) -> bool:
        return fits(self.seal, "seal", self._placed(after))

    def _said(self) -> dict[str, Any]:
        """What the row says. Nothing and empty are left out, so that a column added later breaks no seal."""
        fields = (field for field in self._meta.concrete_fields if field.attname not in {"id", "number", "seal"})
        values = {field.attname: field.to_python(getattr(self, field.attname)) for field in fields}
        return {"": self._meta.label, **{name: value for name, value in values.items() if value not in NOTHING}}

    def _placed(self, after: str) -> list[Any]:
        return [self.pk, self.number, after, self._said()]


def tables() -> list[type[Chained]]:
    """Every chained table of the portal."""
    return [model for model in apps.get_models() if issubclass(model, Chained)]


def may_be_unmarked(chain: Chain) -> bool:
    """For its first day a chain takes in rows without a mark: those of a version of the portal that made none."""
    return timezone.now() < chain.began_at + UNMARKED_FOR


def seal_all() -> int:
    """Seal what is new in every table. One call takes its time: what it leaves, the next one seals."""
    ends_at = time.monotonic() + SECONDS_AT_ONCE
    return sum(seal_new(model, ends_at=ends_at) for model in tables())


def seal_new(model: type[Chained], *, ends_at: float = math.inf) -> int:
    """Seal what is not sealed yet, in short transactions, one after the other whoever calls. Returns how many rows.

    What nobody but SQL can have written stays as it is: `verify` names it.
    """
    Chain.objects.get_or_create(table=model._meta.label, defaults=_beginning(model))
    sealed = last = 0
    while time.monotonic() < ends_at:
        rows = list(_unsealed(model).filter(pk__gt=last).values_list("pk", flat=True)[:ROWS_AT_ONCE])
        if not rows:
            break
        sealed += _seal(model, rows)
        last = rows[-1]
    return sealed


@transaction.atomic
def _seal(model: type[Chained], numbers: list[int]) -> int:
    chain = Chain.objects.select_for_update().get(table=model._meta.label)
    new = [row for row in _unsealed(model).filter(pk__in=numbers) if _belongs(row, chain)]
    for row in new:
        row.take_number(chain.number + 1, after=chain.seal)
        chain.number, chain.seal = chain.number + 1, row.seal
    if new:
        model._base_manager.bulk_update(new, ["number", "seal"])
        chain.close()
        chain.save()
    return len(new)


def _belongs(row: Chained, chain: Chain) -> bool:
    return row.is_marked or (not row.seal and may_be_unmarked(chain))


def _unsealed(model: type[Chained]) -> "models.QuerySet[Any]":
    return model._base_manager.filter(number=None).order_by("pk")


def _beginning(model: type[Chained]) -> dict[str, Any]:
    chain = Chain(table=model._meta.label, began_at=timezone.now())
    chain.close()
    return {"began_at": chain.began_at, "closing": chain.closing}
