"""Word, Excel and OpenDocument: ZIP files with parts. All of them are unpacked, piece by piece and within a bound, to
find out how large they really are; none is kept."""

import zipfile
import zlib
from typing import IO

from enquiries.exceptions import DocumentRefused

MOST_PARTS = 2000
MOST_UNPACKED = 100 * 1024 * 1024
LONGEST_LISTING = 1024 * 1024
CHUNK = 64 * 1024
_MAIN = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
}
_MIMETYPES = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_MACROS = ("vbaproject", "vbadata", "macrosheets/", "activex/", "oleobject")
_ODF_MACROS = ("basic/", "scripts/")
DAMAGED = "This file is damaged. Save it again and choose the new file."


def kind_of(file: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(file) as parts:
            return _looked_through(parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError, RuntimeError) as wrong:
        raise DocumentRefused(DAMAGED) from wrong


def _looked_through(parts: zipfile.ZipFile) -> str:
    listed = parts.infolist()
    _refuse_too_large(len(listed), sum(part.file_size for part in listed))
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in listed):
        raise DocumentRefused(DAMAGED)  # no office program packs in another way, and others unpack without a bound
    if any(part.flag_bits & 1 for part in listed):
        raise DocumentRefused("This file has a password. Save it without one and choose that file.")
    kind = _kind(parts)
    _refuse_macros([part.filename.lower() for part in listed], kind)
    left = MOST_UNPACKED
    for part in listed:
        left -= _look_into(parts, part, left)
    return kind


def _refuse_too_large(count: int, size: int) -> None:
    if count > MOST_PARTS or size > MOST_UNPACKED:
        raise DocumentRefused("This file is too large when it is unpacked. Send a smaller one, or save it as PDF.")


def _kind(parts: zipfile.ZipFile) -> str:
    names = set(parts.namelist())
    if "mimetype" in names and (kind := _MIMETYPES.get(_read(parts, "mimetype").strip())):
        return kind
    if "[Content_Types].xml" in names:
        types = _read(parts, "[Content_Types].xml")
        if b"macroEnabled" in types:
            _refuse_macros(["vbaproject"], "")
        if kind := next((kind for said, kind in _MAIN.items() if said in types), ""):
            return kind
    raise DocumentRefused("This ZIP file is not a document that we take. Choose the document itself.")


def _read(parts: zipfile.ZipFile, name: str) -> bytes:
    with parts.open(name) as part:
        return part.read(LONGEST_LISTING)


def _refuse_macros(names: list[str], kind: str) -> None:
    forbidden = _MACROS + (_ODF_MACROS if kind in ("odt", "ods") else ())
    if any(word in name if word in _MACROS else name.startswith(word) for name in names for word in forbidden):
        raise DocumentRefused("This file has macros or other programs in it. Save it without them, or as PDF.")


def _look_into(parts: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> int:
    """How large a part is when it is unpacked, whatever the listing says. It is read to its end, or to the bound."""
    size, part.file_size = 0, 2 * MOST_UNPACKED + CHUNK  # what the listing says would end the reading
    with parts.open(part) as content:
        while chunk := content.read(CHUNK):
            size += len(chunk)
            _refuse_too_large(0, size + MOST_UNPACKED - most)
            _refuse_inside(part.filename, chunk, first=size == len(chunk))
    return size


def _refuse_inside(name: str, chunk: bytes, *, first: bool) -> None:
    if name == "META-INF/manifest.xml" and b"encryption-data" in chunk:
        raise DocumentRefused("This file has a password. Save it without one and choose that file.")
    if name.endswith(".rels") and b"attachedTemplate" in chunk and b"External" in chunk:
        raise DocumentRefused("This file loads a template from elsewhere. Save it as PDF and choose that file.")
    if first and chunk.startswith((b"MZ", b"\x7fELF", b"X5O!P%@AP")):
        raise DocumentRefused("This file has macros or other programs in it. Save it without them, or as PDF.")
