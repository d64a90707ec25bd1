"""What every file becomes: rows of texts. The limits that hold for all of them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from providers.exceptions import FileRefused

MOST_ROWS = 2_000_000
MOST_CELLS = 500  # the widest file known has 122 columns
NOT_AS_PUBLISHED = "Download the file from the Care Quality Commission again and import it as it is."


class Row(NamedTuple):
    """The cells of one row. A CSV file has one sheet without a name; there every row is as long as the heading."""

    sheet: str
    line: int
    cells: list[str]


def limited(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows that hold something; refuses what no published file comes near."""
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS or len(row.cells) > MOST_CELLS:
            raise too_large(row.line)
        if any(row.cells):
            yield row


def too_large(line: int) -> FileRefused:
    return FileRefused(
        f"Line {line:,}: this is larger than any file of the Commission: more than {MOST_ROWS:,} rows or {MOST_CELLS} "
        f"columns. {NOT_AS_PUBLISHED}"
    )
