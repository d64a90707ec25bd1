"""What wards are called: Code-Point Open has their codes alone. The names come as a list with a heading."""

import csv
import re
from pathlib import Path

from careportal.kit.cleaning import made_storable, one_line
from providers.codepoint import UNREADABLE, NotCodePoint
from providers.models import Ward

COLUMNS = {"ward_code", "ward_name"}
_CODE = re.compile(r"[A-Z][0-9]{8}")


def read(path: Path) -> dict[str, str]:
    """The name of each ward by its code. Raises NotCodePoint; rows without a code are of places without a ward."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            rows = csv.DictReader(text, strict=True)
            if not {*(rows.fieldnames or [])} >= COLUMNS:
                raise NotCodePoint(f"{path.name} is no list of wards: it has to have ward_code and ward_name.")
            return dict(_named(path.name, rows))
    except UNREADABLE as error:
        raise NotCodePoint(f"{path.name} cannot be read to its end: {error}") from error


def name_wards(named: dict[str, str], *, apply: bool) -> int:
    """Take over the names; those of other wards stay."""
    if apply:
        rows = [Ward(code=code, name=name) for code, name in named.items()]
        Ward.objects.bulk_create(
            rows, batch_size=500, update_conflicts=True, unique_fields=["code"], update_fields=["name"]
        )
    return len(named)


def _named(file: str, rows: "csv.DictReader[str]") -> list[tuple[str, str]]:
    found = []
    for number, row in enumerate(rows, start=2):
        code, name = row["ward_code"] or "", one_line(made_storable(row["ward_name"] or ""))
        if not code and not name:
            continue
        if not _CODE.fullmatch(code) or not name:
            raise NotCodePoint(f"{file}, line {number}, names no ward.")
        found.append((code, name.removesuffix(" Ward")[:100]))
    return found
