"""What differs between two texts, in words: what is the same, what was added, what was removed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, ADDED, REMOVED = "same", "added", "removed"
WORK = 1_000_000  # pairs of words that are compared; longer texts are compared line by line
LONGEST = 20_000


@dataclass(frozen=True)
class Piece:
    kind: str
    text: str


def between(before: str, after: str) -> list[Piece]:
    """Word by word. Nothing is interpreted: whoever shows it escapes it."""
    if before == after:
        return [Piece(SAME, after)] if after else []
    old, new = _parts(before, r"\n|[^\s]+"), _parts(after, r"\n|[^\s]+")
    if len(old) * len(new) > WORK:
        old, new = _parts(before, r"\n|[^\n]+"), _parts(after, r"\n|[^\n]+")
    return list(_compared(old, new))


def of_lists(before: Iterable[str], after: Iterable[str]) -> list[Piece]:
    """One piece for each entry. Their order says nothing."""
    old, new = sorted(before), sorted(after)
    kinds = [(SAME if one in old else ADDED, one) for one in new] + [(REMOVED, one) for one in old if one not in new]
    return [Piece(kind, one) for kind, one in kinds]


def of_values(before: str, after: str) -> list[Piece]:
    """The one in place of the other, as a whole: what is chosen from a list is no text."""
    if before == after:
        return [Piece(SAME, after)] if after else []
    return [Piece(kind, text) for kind, text in ((REMOVED, before), (ADDED, after)) if text]


def _parts(text: str, pattern: str) -> list[str]:
    return re.findall(pattern, text[:LONGEST])


def _compared(old: list[str], new: list[str]) -> Iterator[Piece]:
    """Frequent words are no anchors (`autojunk`): the result reads better, and hostile texts take no time."""
    for _, first, last, begins, ends in SequenceMatcher(None, old, new).get_opcodes():
        if old[first:last] == new[begins:ends]:
            yield Piece(SAME, _joined(new[begins:ends]))
            continue
        if first < last:
            yield Piece(REMOVED, _joined(old[first:last]))
        if begins < ends:
            yield Piece(ADDED, _joined(new[begins:ends]))


def _joined(parts: list[str]) -> str:
    return re.sub(r" ?\n ?", "\n", " ".join(parts))
