"""A section of a report as it is stored: plain lists and texts, and nothing that would have to be counted again."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from enquiries.small_numbers import Shown

Cell = str | int | float | None

THIS, BEFORE = "This period", "Period before"
HIDDEN = "[c]"
HIDDEN_MEANS = "[c] is a number that is fewer than 5, or is left out so that such a number cannot be worked out."
SUPPRESSED = "Numbers from 1 to 4 are left out, and others with them, so that they cannot be worked out."
NOT_SUPPRESSED = "Nothing is left out: it counts no people's applications."


@dataclass(frozen=True)
class Section:
    """One table, with how it is counted. `drawn` makes a chart of its first column. `compared`: the period before."""

    name: str
    title: str
    counted: str
    first_column: str
    columns: list[str]
    lines: list[tuple[str, list[Cell]]] = field(default_factory=list)
    unit: str = "Enquiries"
    source: str = "Enquiries as the portal keeps them"
    suppression: str = SUPPRESSED
    compared: bool = False
    drawn: bool = False
    apart: int = 1  # the last lines count the others once more
    is_prose: bool = False

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    def beside(self, before: "Section | None") -> "Section":
        """With the first column of the same section of the period before. What was not counted there is a dash."""
        known = dict(before.lines) if before else {}
        lines: list[tuple[str, list[Cell]]] = [
            (label, [*cells, known[label][0] if label in known else None]) for label, cells in self.lines
        ]
        return self.but(columns=[*self.columns, BEFORE], lines=lines, compared=True)

    def but(self, **changed: Any) -> "Section":
        return Section(**{**{name: getattr(self, name) for name in self.__dataclass_fields__}, **changed})

    @property
    def is_empty(self) -> bool:
        return not any(cell for _, cells in self.lines for cell in cells)

    @property
    def parts(self) -> list[tuple[str, list[Cell]]]:
        return self.lines[: len(self.lines) - self.apart]

    def figures(self) -> Iterator[tuple[str, str, Cell]]:
        """One number a row: its line, its column, itself."""
        for label, cells in self.lines:
            for column, cell in zip(self.columns, cells, strict=True):
                yield label, column, cell


def restored(stored: dict[str, Any]) -> Section:
    return Section(**{**stored, "lines": [(label, cells) for label, cells in stored["lines"]]})


def cells(shown: Shown) -> list[Cell]:
    return [HIDDEN if number is None else number for number in shown]


def column(labels: list[str], shown: Shown) -> list[tuple[str, list[Cell]]]:
    """Lines with one number each, and their total."""
    return [(label, [cell]) for label, cell in zip([*labels, "All"], cells(shown), strict=True)]
