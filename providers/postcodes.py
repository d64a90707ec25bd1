"""The import of postcodes: what it takes over, what it replaces, and when it is refused."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from django.db import IntegrityError, transaction

from providers import codepoint
from providers.area import ours
from providers.codepoint import NotCodePoint, Unit
from providers.models import PostcodeImport, UnitPostcode

AT_ONCE = 2_000
LEAST_LEFT = 0.8


@dataclass
class Counted:
    """What was read: the report, and what is remembered of the import."""

    rows: int = 0
    unplaced: int = 0
    inside: int = 0
    before: Counter[str] = field(default_factory=Counter)
    placed: Counter[str] = field(default_factory=Counter)

    def add(self, unit: Unit) -> None:
        self.rows += 1
        if unit.district:
            self.placed[unit.area] += 1
            self.inside += ours(unit.district, unit.county)
        else:
            self.unplaced += 1

    def shrunk(self) -> list[str]:
        """Postcode areas that would lose more than a fifth of their postcodes: such a file is most likely torn."""
        return [area for area, count in self.before.items() if self.placed[area] < LEAST_LEFT * count]


@transaction.atomic
def import_postcodes(
    paths: Sequence[Path], *, edition: str = "", accept_removals: bool = False, apply: bool = False
) -> Counted:
    """Take over the files: all of them, or nothing. They are the whole of every postcode area that is in them.

    Without `apply` everything is tried and taken back. Raises NotCodePoint; then the old postcodes stay.
    """
    counted = Counted()
    try:
        _store(paths, counted)
    except IntegrityError as error:
        raise NotCodePoint("A postcode stands twice in these files. Give each file once.") from error
    if counted.shrunk() and not accept_removals:
        raise NotCodePoint(
            f"More than a fifth of the postcodes would be lost in: {', '.join(counted.shrunk())}. "
            "Is the file complete? If it is, add --accept-removals."
        )
    _remember(paths, edition, counted)
    transaction.set_rollback(not apply)
    return counted


def _store(paths: Sequence[Path], counted: Counted) -> None:
    """Row by row, a batch at a time. An area is emptied when its first postcode comes."""
    units = chain.from_iterable(codepoint.read(path) for path in paths)
    while batch := list(islice(units, AT_ONCE)):
        for area in {unit.area for unit in batch} - set(counted.before):
            counted.before[area], _ = UnitPostcode.objects.filter(postcode__regex=f"^{area}[0-9]").delete()
        for unit in batch:
            counted.add(unit)
        UnitPostcode.objects.bulk_create(_placed(batch))


def _placed(units: Sequence[Unit]) -> Iterator[UnitPostcode]:
    """What the survey knows the place of. The rest is counted, and looks to us like any unknown postcode."""
    return (
        UnitPostcode(postcode=unit.postcode, district=unit.district, county=unit.county, ward=unit.ward)
        for unit in units
        if unit.district
    )


def _remember(paths: Sequence[Path], edition: str, counted: Counted) -> None:
    PostcodeImport.objects.create(
        edition=edition,
        files=[path.name for path in paths],
        areas=sorted(counted.before),
        rows=counted.rows,
        placed=counted.placed.total(),
        unplaced=counted.unplaced,
        inside=counted.inside,
    )
