"""Reads the Ordnance Survey's Code-Point Open: CSV without a header, ten columns; plain, gzipped, or in a zip.

A file is known by its content, not by its name. It is read line by line, whatever its size.
"""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

COLUMNS = 10
QUALITIES = {"10", "20", "30", "40", "50", "60", "90"}
UNREADABLE = (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error, zipfile.BadZipFile, RuntimeError)
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"

_POSTCODE = re.compile(r"(([A-Z]{1,2})[0-9][0-9A-Z]?)([0-9][A-Z]{2})")
_CODE = re.compile(r"([A-Z][0-9]{8})?")


class NotCodePoint(Exception):
    """The file cannot be used. The text says where, and why."""


class Unit(NamedTuple):
    """One row: a postcode and where it lies. Without a district the survey itself does not know."""

    area: str
    postcode: str
    district: str
    county: str
    ward: str


def read(path: Path) -> Iterator[Unit]:
    """Every row of a file. Raises NotCodePoint at the first that does not fit."""
    try:
        for name, lines in _texts(path):
            yield from _units(name, lines)
    except UNREADABLE as error:
        raise NotCodePoint(f"{path.name} cannot be read to its end: {error}") from error


def _texts(path: Path) -> Iterator[tuple[str, IO[str]]]:
    """The text of the file; of a zip, each CSV of the folder with the postcodes, or of the zip where there is none."""
    with path.open("rb") as file:
        start = file.read(4)
    if start != ZIP:
        opener = gzip.open if start.startswith(GZIP) else open
        with opener(path, "rt", encoding="utf-8", newline="") as text:
            yield path.name, text
        return
    with zipfile.ZipFile(path) as packed:
        for name in _csv_names(packed):
            with packed.open(name) as member, io.TextIOWrapper(member, encoding="utf-8", newline="") as text:
                yield f"{path.name}, {name}", text


def _csv_names(packed: zipfile.ZipFile) -> list[str]:
    """The whole product has lists of codes and columns beside its folder Data/CSV."""
    names = sorted(name for name in packed.namelist() if name.lower().endswith(".csv"))
    return [name for name in names if "data/csv/" in name.lower()] or names


def _units(name: str, lines: IO[str]) -> Iterator[Unit]:
    empty = True
    for number, row in enumerate(csv.reader(lines, strict=True), start=1):
        empty = False
        unit = _unit(row)
        if unit is None:
            raise NotCodePoint(f"{name}, line {number}, is no row of Code-Point Open: {_begin(row)}")
        yield unit
    if empty:
        raise NotCodePoint(f"{name} is empty.")


def _unit(row: list[str]) -> Unit | None:
    """The row, if it is one: ten columns, a postcode however spaced, a known quality, codes where codes belong."""
    if len(row) != COLUMNS or row[1] not in QUALITIES:
        return None
    found = _POSTCODE.fullmatch(row[0].replace(" ", "").upper())
    codes = row[7:10]
    if not found or not all(_CODE.fullmatch(code) for code in codes):
        return None
    county, district, ward = codes
    return Unit(found[2], f"{found[1]} {found[3]}", district, county, ward)


def _begin(row: list[str]) -> str:
    """The start of a strange row, short and printable, so that one sees what was taken for what."""
    text = ",".join(row)[:60]
    return "".join(letter if letter.isprintable() else "?" for letter in text)
