"""Everything in files that any program can read, for the day on which a council leaves. Without secrets.

A field whose name sounds like a secret is left out unless it is listed here as harmless: what is forgotten in this
file is missing from the export, and does not leak.
"""

import csv
import json
from collections.abc import Iterator
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db.models import Field
from django.utils import timezone

from careportal.kit.exports import formula_safe
from careportal.records.dictionary import Entry, entry, markdown, meaning_of
from careportal.records.exceptions import Refused
from careportal.records.filling import Say
from careportal.records.sealed import owners_only
from careportal.records.snapshot import snapshot
from careportal.records.tables import Table, tables

SOUNDS_SECRET = {"password", "secret", "token", "key", "keys", "code", "codes", "seed", "hash", "claim"}
SECRET = {"mfa.Authenticator.data", "enquiries.Draft.owner"}
HARMLESS = {"programmes.Question.key", "programmes.HistoricalQuestion.key", "enquiries.OutgoingMail.recipient_key"}
SIGN_IN_MAIL = ("enquiries.OutgoingMail", "account", {"subject", "text", "raw"})  # its codes

README = """# Export of {council}: {service}

Everything that the portal held at {at}, as files that any program can read.

**This folder holds personal data**: names, addresses and what people wrote. Keep it where only those can read it who
must, hand it on encrypted only, and delete it when it is no longer needed.

- `json/`: one file a table, one row a line, exact.
- `csv/`: the same rows for spreadsheets, in UTF-8. A text that a spreadsheet would take for a formula begins with an
  apostrophe here. Lists and bytes look as they do in the JSON.
- `data_dictionary.csv`: every field with its type and meaning; the same stands below.

A field that ends in `_id` holds the number or id of a row of the table that it points to. Instead of
a number, `content_type_id` has the app and the table that it means. Tables whose name begins with "Historical" hold
every earlier version of the rows of the table they are named after.

Not in here, because they are secrets or of no use elsewhere: passwords, second factors and recovery codes, sessions,
one-use keys, the texts of sign-in mails. Left out: {left_out}.

## Tables
"""


def export(folder: Path, say: Say) -> int:
    """Write everything into a folder that is new or empty. Returns how many rows."""
    _make(folder)
    chapters: list[str] = []
    entries: list[Entry] = []
    with snapshot() as alias:
        ours, at, rows = tables(alias), timezone.now(), 0
        for table in ours:
            kept = shown(table)
            count = _write(table, folder, [field.attname for field in kept])
            described = [entry(table.label, field) for field in kept]
            chapters += markdown(table.label, meaning_of(table.model), count, described)
            entries += described
            rows += count
            say(f"{table.label}: {count}")
    _write_dictionary(folder, entries)
    _write_readme(folder, _introduction(ours, f"{at:%Y-%m-%d %H:%M} UTC") + "\n".join(chapters))
    return rows


def shown(table: Table) -> list["Field[Any, Any]"]:
    """The fields that may leave the house."""
    return [field for field in table.fields if not is_secret(f"{table.label}.{field.attname}")]


def is_secret(name: str) -> bool:
    words = set(name.rpartition(".")[2].split("_"))
    return name in SECRET or (bool(words & SOUNDS_SECRET) and name not in HARMLESS)


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula. Numbers stay numbers."""
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    return formula_safe(value) if isinstance(value, str) else value


def _rows(table: Table, names: list[str]) -> Iterator[dict[str, Any]]:
    mail, kind, its_secrets = SIGN_IN_MAIL
    for line in table.lines():
        row = json.loads(line)
        hidden = its_secrets if table.label == mail and row["kind"] == kind else set()
        yield {name: None if name in hidden else row[name] for name in names}


def _write(table: Table, folder: Path, names: list[str]) -> int:
    with ExitStack() as files:
        lines = files.enter_context(_text(folder / "json" / f"{table.label}.jsonl"))
        cells = csv.writer(files.enter_context(_text(folder / "csv" / f"{table.label}.csv")))
        cells.writerow(names)
        for row in _rows(table, names):
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
            cells.writerow(harmless(value) for value in row.values())
    return table.tally.rows


def _introduction(ours: list[Table], at: str) -> str:
    names = (f"{table.label}.{field.attname}" for table in ours for field in table.fields)
    left_out = ", ".join(f"`{name}`" for name in names if is_secret(name))
    council = settings.COUNCIL
    return README.format(council=council.name, service=council.service_name, at=at, left_out=left_out)


def _write_dictionary(folder: Path, entries: list[Entry]) -> None:
    with _text(folder / "data_dictionary.csv") as file:
        cells = csv.DictWriter(file, list(Entry.__dataclass_fields__))
        cells.writeheader()
        cells.writerows(one.as_dict() for one in entries)


def _write_readme(folder: Path, text: str) -> None:
    with _text(folder / "README.md") as file:
        file.write(text + "\n")


def _make(folder: Path) -> None:
    """The folder and its two inner ones, for the owner's eyes only."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} exists and is not an empty folder. Nothing is overwritten: choose another name.")
    try:
        for path in (folder, folder / "json", folder / "csv"):
            path.mkdir(mode=0o700, exist_ok=True)
            path.chmod(0o700)
    except OSError as error:
        raise Refused(f"{folder} cannot be made: {error.strerror}.") from error


def _text(path: Path) -> IO[str]:
    """In UTF-8. Half a character, which only JSON can hold, is written the way JSON does."""
    return TextIOWrapper(owners_only(path), encoding="utf-8", errors="backslashreplace", newline="")
