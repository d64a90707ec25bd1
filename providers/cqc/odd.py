"""What was odd about a file: how often, and on which lines. Never what stood there."""

from collections import defaultdict
from dataclasses import dataclass, field

FIRST = 5


@dataclass
class Lines:
    count: int = 0
    first: list[int] = field(default_factory=list)


class Oddities:
    def __init__(self) -> None:
        self._noted: defaultdict[str, Lines] = defaultdict(Lines)

    def note(self, what: str, line: int) -> None:
        lines = self._noted[what]
        lines.count += 1
        if len(lines.first) < FIRST:
            lines.first.append(line)

    def as_dict(self) -> dict[str, dict[str, int | list[int]]]:
        return {what: {"count": noted.count, "lines": noted.first} for what, noted in sorted(self._noted.items())}
