"""Mail that was written in HTML, as plain text. Nothing in it is followed or run, and it is read once, from left to
right: Python's own parser takes time without end over what is broken on purpose."""

import html
import re
from collections.abc import Iterator

_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:]{0,30}")
_UNSEEN = {"script", "style", "xml", "title", "template", "svg", "math", "object", "iframe", "noscript"}
_LINES = {"p", "div", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "article", "hr"}


def plain(source: str) -> str:
    """Its text: one line a line, `> ` before what it quotes."""
    said: list[str] = []  # put together at the end: a line that grows by single signs costs time without end
    depth = 0
    for text, tag in _pieces(source):
        said.append(html.unescape(text).replace("\n", " "))
        name = tag.lstrip("/")
        if name == "blockquote":
            depth = max(depth + (-1 if tag.startswith("/") else 1), 0)
        if name in {"td", "th"}:
            said.append(" ")
        if name in _LINES or name in {"br", "blockquote"} or tag == "li":
            said.append("\n" + "> " * min(depth, 3) + ("- " if tag == "li" else ""))
    return _tidied("".join(said).split("\n"))


def _pieces(source: str) -> Iterator[tuple[str, str]]:
    """Text, and the name of the tag after it, in small letters."""
    lower, at = source.lower(), 0
    while at < len(source):
        begins = source.find("<", at)
        if begins < 0:
            break
        yield _flat(source[at:begins]), ""
        tag, at = _tag(source, lower, begins)
        yield ("<", "") if tag is None else ("", tag)
    yield _flat(source[at:]), ""


def _tag(source: str, lower: str, begins: int) -> tuple[str | None, int]:
    """The tag that begins here and where what follows it begins; no tag where it is only a sign for less."""
    if source.startswith("<!--", begins):
        return "", _after(source, "-->", begins)
    if source.startswith(("<!", "<?"), begins):
        return "", _after(source, ">", begins)
    name = _NAME.match(source, begins + 1)
    if name is None:
        return None, begins + 1
    ends, tag = _after(source, ">", begins), name[0].lower()
    if tag in _UNSEEN:
        ends = _after(source, ">", max(lower.find(f"</{tag}", ends), 0) or len(source))
    return tag, ends


def _after(source: str, sign: str, at: int) -> int:
    """Behind the next such sign, or the end."""
    found = source.find(sign, at)
    return len(source) if found < 0 else found + len(sign)


def _flat(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text)


def _tidied(lines: list[str]) -> str:
    """Without spaces at the ends of lines, and with at most one empty line at a time."""
    stripped = [" ".join(line.split()) for line in lines]
    kept = [line for at, line in enumerate(stripped) if line or (at and stripped[at - 1])]
    return "\n".join(kept).strip()
