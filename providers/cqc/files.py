"""Opens a file and gives its rows, one after the other. What kind of file it is, its content says and not its name."""

import csv
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from io import TextIOWrapper
from typing import IO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from providers.cqc import ods, xlsx
from providers.cqc.rows import NOT_AS_PUBLISHED, Row, limited
from providers.exceptions import FileRefused

MOST_UNPACKED = 2 * 1024**3
MOST_SHARED_TEXT = 128 * 1024**2
LONGEST_LINE = 1_000_000

# What the libraries say to a file that is damaged. ValueError holds UnicodeDecodeError, too.
UNREADABLE = (
    *(csv.Error, zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, InvalidFileException),
    *(AttributeError, EOFError, IndexError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError),
)


def rows(file: IO[bytes]) -> Generator[Row, None, None]:
    is_archive = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    try:
        with closing(_packed(file) if is_archive else _csv(file)) as found:
            yield from limited(found)
    except UnicodeDecodeError as error:
        raise FileRefused(f"The text of this file is not UTF-8. {NOT_AS_PUBLISHED}") from error
    except UNREADABLE as error:
        raise FileRefused(f"The file is torn or damaged: {error}. {NOT_AS_PUBLISHED}") from error


def _csv(file: IO[bytes]) -> Generator[Row, None, None]:
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        reader = csv.reader(_lines(text), strict=True)
        for number, cells in enumerate(reader, 1):  # as a spreadsheet counts: a text of several lines is in one row
            yield Row("", number, cells)
    finally:
        text.detach()


def _lines(text: TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise FileRefused(f"The file has a line of more than {LONGEST_LINE:,} characters. {NOT_AS_PUBLISHED}")
        yield line


def _packed(file: IO[bytes]) -> Generator[Row, None, None]:
    """A workbook, or the CSV file in an archive, as it was published until 2020."""
    with zipfile.ZipFile(file) as archive:
        refuse_bombs(archive)
        names = archive.namelist()
        tables = [name for name in names if name.lower().endswith(".csv")]
        if "content.xml" in names:
            with archive.open("content.xml") as content:
                yield from ods.rows(content)
        elif "xl/workbook.xml" in names:
            yield from xlsx.rows(file)
        elif len(tables) == 1:
            with archive.open(tables[0]) as table:
                yield from _csv(table)
        else:
            raise FileRefused("The archive is no ODS or XLSX workbook, and does not hold one CSV file.")


def refuse_bombs(archive: zipfile.ZipFile) -> None:
    """No more is unpacked than what the archive says of itself, so that can be looked at before."""
    if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
        raise FileRefused(f"Unpacked, this file would be larger than any of the Commission. {NOT_AS_PUBLISHED}")
    for member in archive.infolist():
        if member.filename.endswith("sharedStrings.xml") and member.file_size > MOST_SHARED_TEXT:
            raise FileRefused(f"This workbook holds more text than any of the Commission. {NOT_AS_PUBLISHED}")
        if member.filename.endswith("vbaProject.bin") or member.filename.startswith("Basic/"):
            raise FileRefused(f"This workbook holds a program (macros). {NOT_AS_PUBLISHED}")
