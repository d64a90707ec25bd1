"""Reading what Contracts Finder and Find a Tender publish: all of a file, or a refusal that says why.

A file is a package of releases or of records, one release alone, or one of these a line (NDJSON).
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from providers.exceptions import FileRefused
from providers.tenders.notices import Notice

MOST_BYTES = 50 * 1024 * 1024
PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd")
_NOTICE = re.compile(r"[0-9]{6}-20[0-9]{2}")


def notices(content: bytes) -> list[Notice]:
    """Every notice of the file. Raises FileRefused."""
    if len(content) > MOST_BYTES:
        raise FileRefused(f"It is larger than {MOST_BYTES // 1024**2} MB. Ask for fewer days at once.")
    if content.startswith(PACKED):
        raise FileRefused("It is compressed. Unpack it first, then import what was in it.")
    found = [release for document in _documents(content) for release in releases(document)]
    if not found:
        raise FileRefused("There are no releases in it.")
    return [_notice(number, release) for number, release in enumerate(found, start=1)]


def releases(document: Any) -> list[Any]:
    """The releases of a package, of each record the releases or what they come to, or the release itself."""
    if not isinstance(document, dict):
        raise FileRefused("It is no package of releases: it has to be an object with “releases” or “records”.")
    if "releases" in document:
        return _listed(document, "releases")
    if "records" in document:
        return [release for record in _listed(document, "records") for release in _of_record(record)]
    if "ocid" in document:
        return [document]
    raise FileRefused("There are neither “releases” nor “records” in it.")


def next_page(document: Any) -> str:
    """The address of the package after this one; empty at the last."""
    links = document.get("links") if isinstance(document, dict) else None
    following = links.get("next") if isinstance(links, dict) else None
    return following if isinstance(following, str) else ""


def document(content: bytes) -> Any:
    """The JSON in it, whatever that is. Raises FileRefused."""
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise FileRefused("It is nested too deeply to be what publishers publish.") from error
    except ValueError as error:
        raise FileRefused(f"It is no JSON, or not all of it: {error}") from error


def _documents(content: bytes) -> Iterator[Any]:
    """One document; or one a line, where the first line is one by itself and more follow."""
    lines = [line for line in content.splitlines() if line.strip()]
    if len(lines) < 2 or not _is_one(lines[0]):
        yield document(content)
        return
    for number, line in enumerate(lines, start=1):
        try:
            yield document(line)
        except FileRefused as refusal:
            raise FileRefused(f"Line {number:,}: {refusal}") from refusal


def _is_one(line: bytes) -> bool:
    try:
        return isinstance(document(line), dict)
    except FileRefused:
        return False


def _listed(package: dict[str, Any], name: str) -> list[Any]:
    if not isinstance(package[name], list):
        raise FileRefused(f"“{name}” is no list.")
    return package[name]


def _of_record(record: Any) -> list[Any]:
    """Releases that are there in full; where they are only linked to, what they come to together."""
    if not isinstance(record, dict):
        raise FileRefused("There is a record that is no object.")
    given = record.get("releases")
    listed = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    if whole := [release for release in listed if "ocid" in release]:
        return whole
    compiled = record.get("compiledRelease")
    if not isinstance(compiled, dict):
        raise FileRefused("There is a record with neither releases nor a compiled release.")
    return [{**compiled, "id": _newest_number(listed) or compiled.get("id")}]


def _newest_number(links: list[dict[str, Any]]) -> str:
    """Of the newest notice that a record links to: a compiled release has a number of its own, and no page."""
    newest = max(links, key=lambda link: str(link.get("date", "")), default={})
    numbers = _NOTICE.findall(str(newest.get("url", "")))
    return numbers[-1] if numbers else ""


def _notice(number: int, release: Any) -> Notice:
    try:
        notice = Notice.model_validate(release)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise FileRefused(f"Release {number:,}: {where}: {first['msg'].removeprefix('Value error, ')}") from error
    if notice.lacks:
        raise FileRefused(f"Release {number:,}: {notice.lacks}: Field required")
    return notice


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
