"""What follows from numbers that are shown: by adding and subtracting, however cleverly it is done."""

from collections.abc import Collection, Hashable, Iterable
from fractions import Fraction

Cell = Hashable
Row = dict[Cell, Fraction]
Sum = list[Cell]  # cells that add up to the last of them


def follows(sums: Iterable[Sum], shown: Collection[Cell]) -> set[Cell]:
    """The hidden cells whose number is settled by the shown ones: what is left is solved as linear equations."""
    solved: dict[Cell, Row] = {}
    for cells in sums:
        row = {cell: Fraction(1) for cell in cells[:-1]} | {cells[-1]: Fraction(-1)}
        _solve({cell: factor for cell, factor in row.items() if cell not in shown}, solved)
    return {cell for cell, row in solved.items() if len(row) == 1}


def _solve(row: Row, solved: dict[Cell, Row]) -> None:
    """Take one more equation in: each row of `solved` begins with a cell that no other row holds."""
    for cell in [cell for cell in row if cell in solved]:
        row = _less(row, solved[cell], cell)
    if not row:
        return
    first = next(iter(row))
    row = {cell: factor / row[first] for cell, factor in row.items()}
    for cell, other in solved.items():
        if first in other:
            solved[cell] = _less(other, row, first)
    solved[first] = row


def _less(row: Row, known: Row, cell: Cell) -> Row:
    factor, left = row[cell], dict(row)
    for name, value in known.items():
        left[name] = left.get(name, Fraction(0)) - factor * value
    return {name: value for name, value in left.items() if value}
