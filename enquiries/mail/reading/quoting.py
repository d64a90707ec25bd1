"""What somebody wrote, without what their mail program put under it. When in doubt it is kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WROTE = re.compile(r"\b(wrote|writes|schrieb|a écrit|escribió|ha scritto|napisał)\b.{0,40}:$")
_FIELD = re.compile(r"\*?(From|Sent|Date|To|Cc|Subject|Von|Gesendet|An|Betreff|De|Envoyé|À|Objet)\*?\s?:\*?\s", re.I)
_ORIGINAL = re.compile(r"--\s{0,9}(original message|forwarded message|ursprüngliche nachricht)\s{0,9}--", re.I)
_RULE = re.compile(r"[_-]{10,}$")
_FROM = re.compile(r"\*?From\*?\s?:\*?\s+(.{3,400})", re.I)
HEAD_LINES = 8
MOST_FORWARDED = 10


@dataclass(frozen=True)
class Forwarded:
    """A mail that stands inside another one's text."""

    sender: str
    text: str


def own_words(text: str) -> str:
    """Without quoted history and a marked signature; the whole, if nothing else is left."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    kept = _without_quotes(lines[: _history_begins(lines)])
    said = "\n".join(_without_signature(kept)).strip()
    return said or text.strip()


def forwarded(text: str) -> Iterator[Forwarded]:
    """The mails inside, the newest first, where their own heads plainly stand there."""
    lines, count = [line.lstrip("> ").strip() for line in text.split("\n")], 0
    for at, line in enumerate(lines):
        found = _FROM.match(line)
        if found and count < MOST_FORWARDED and _is_head(lines, at):
            count += 1
            ends = _head_ends(lines, at)
            yield Forwarded(sender=found[1], text=own_words("\n".join(lines[ends:])))


def _history_begins(lines: list[str]) -> int:
    """Where the mails before it begin, with a head as Outlook writes it."""
    for at, line in enumerate(lines):
        if _FROM.match(line.strip()) and _is_head(lines, at):
            return _before(lines, at)
    return len(lines)


def _before(lines: list[str], at: int) -> int:
    """The ruled or worded line above such a head belongs to it."""
    above = at - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    is_part = above >= 0 and (_RULE.match(lines[above].strip()) or _ORIGINAL.search(lines[above]))
    return above if is_part else at


def _is_head(lines: list[str], at: int) -> bool:
    """From, and at least two more of its fields in the next lines."""
    below = [line.strip() for line in lines[at + 1 : at + HEAD_LINES]]
    return sum(bool(_FIELD.match(line)) for line in below) >= 2


def _head_ends(lines: list[str], at: int) -> int:
    last = at
    for below in range(at + 1, min(at + HEAD_LINES, len(lines))):
        if _FIELD.match(lines[below]):
            last = below
    return last + 1


def _without_quotes(lines: list[str]) -> list[str]:
    """Lines that begin with the sign of a quote, and the one line or two above them that say whose they are."""
    kept: list[str] = []
    for at, line in enumerate(lines):
        if not line.lstrip().startswith(">"):
            kept.append(line)
        elif at == 0 or not lines[at - 1].lstrip().startswith(">"):
            _drop_introduction(kept)
    return kept


def _drop_introduction(kept: list[str]) -> None:
    """“On Monday at 10:12 somebody wrote:”, which may be broken over two lines."""
    while kept and not kept[-1].strip():
        kept.pop()
    for count in (1, 2):
        said = " ".join(kept[-count:]).strip()
        if len(kept) >= count and len(said) < 300 and _WROTE.search(said):
            if count == 1 and len(kept) > 1 and not re.match(r"(On|Am|Le|El|Il|Op)\b", said):
                continue  # it began a line above
            del kept[-count:]
            return


def _without_signature(lines: list[str]) -> list[str]:
    return lines[: lines.index("-- ")] if "-- " in lines else lines
