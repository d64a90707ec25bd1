"""Markdown as GOV.UK-styled HTML. Nothing in it can be more than words, lists, tables and links."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST = 50_000

CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "ordered_list_open": "govuk-list govuk-list--number",
    "blockquote_open": "govuk-inset-text",
    "hr": "govuk-section-break govuk-section-break--visible govuk-section-break--l",
    "link_open": "govuk-link",
    "table_open": "govuk-table",
    "thead_open": "govuk-table__head",
    "tbody_open": "govuk-table__body",
    "tr_open": "govuk-table__row",
    "th_open": "govuk-table__header",
    "td_open": "govuk-table__cell",
}
HEADING_SIZES = {"h2": "m", "h3": "s"}
_TELEPHONE = re.compile(r"tel:\+?[0-9 ()-]{3,30}")
_MAIL = re.compile(r"mailto:[^\s@?&,;]{1,64}@[^\s@?&,;]{1,255}")


def _safe(url: str) -> bool:
    """Links lead to web pages without a user name in them, to one address, one number, or within the portal (FI24)."""
    if len(url) > 2000 or re.search(r"[\x00-\x20\\\x7f]|%5c", url, re.IGNORECASE):
        return False
    if url.startswith(("/", "#", "?")):
        return not url.startswith("//")
    if url.startswith(("mailto:", "tel:")):
        return bool(_MAIL.fullmatch(url) or _TELEPHONE.fullmatch(url.replace("%20", " ")))
    return _outside(url)


def _outside(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


_parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
_parser.validateLink = _safe  # type: ignore[method-assign]


def render(text: str) -> SafeString:
    """The text as HTML. Raw HTML in it is shown, not obeyed; what lies beyond 50,000 characters is left out."""
    tokens = _parser.parse(text.replace("\x00", "")[:LONGEST])
    for token in tokens:
        _dress(token)
        for child in token.children or []:
            _dress(child)
    return mark_safe(_parser.renderer.render(tokens, _parser.options, {}))  # noqa: S308  html is off, links are checked


# Reads what the other one leaves as words: whatever somebody tried to write is found, however it was disguised.
_reader = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table")
_reader.validateLink = lambda url: True  # type: ignore[method-assign]


def refusals(text: str) -> list[str]:
    """What a text must not have, in words for whoever wrote it: it would only be shown as it was typed."""
    tokens = _reader.parse(text[:LONGEST])
    tokens += [child for token in tokens for child in token.children or []]
    links = [str(token.attrs.get("href", "")) for token in tokens if token.type == "link_open"]
    found = []
    if any(_is_markup(token) for token in tokens):
        found.append("must not have HTML in it. Take out what stands between < and >")
    if any(token.type == "image" for token in tokens):
        found.append("must not have pictures in it")
    if not all(_safe(link) for link in links):
        found.append("has a link that does not work. Links begin with https://, http://, mailto: or tel:")
    return found


def _is_markup(token: Token) -> bool:
    """HTML, also such as only browsers would take for it."""
    half = token.type == "text" and re.search(r"<[a-zA-Z/!?]", token.content)
    return token.type in {"html_block", "html_inline"} or bool(half)


def is_web_address(url: str) -> bool:
    """A page of the web, without a user name in its address."""
    return _safe(url) and _outside(url)


def pages_linked(text: str) -> list[str]:
    """The web pages that the text links to, each once."""
    return list(dict.fromkeys(link.href for link in links(text) if _outside(link.href)))


def _dress(token: Token) -> None:
    """Give one token its class. Headings start at h2, because the page has its h1; styles are never inline."""
    if token.attrs.pop("style", ""):
        token.attrJoin("class", f"{CLASSES[token.type]}--numeric")
    if token.type in {"heading_open", "heading_close"}:
        token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    if token.type == "heading_open":
        token.attrSet("class", f"govuk-heading-{HEADING_SIZES.get(token.tag, 's')}")
    if token.type in CLASSES:
        token.attrJoin("class", CLASSES[token.type])
    if token.type == "th_open":
        token.attrSet("scope", "col")
    if token.type == "link_open" and _outside(str(token.attrs.get("href", ""))):
        token.attrSet("rel", "noopener noreferrer")


@dataclass(frozen=True)
class Link:
    words: str
    href: str


def links(text: str) -> list[Link]:
    """Every link that `render` would make of the text."""
    found: list[Link] = []
    for token in _parser.parse(text.replace("\x00", "")[:LONGEST]):
        _read(token.children or [], found)
    return found


def words(text: str) -> str:
    """The text as it is read once it is rendered: without marks, each link followed by where it leads."""
    parts = []
    for token in _parser.parse(text.replace("\x00", "")[:LONGEST]):
        if token.type == "list_item_open":
            parts.append(f"{token.info}. " if token.info else "• ")
        elif token.type == "inline":
            parts.append(_read(token.children or [], []))
        elif token.type in {"fence", "code_block"}:
            parts.append(token.content + "\n")
        elif token.type in _AFTER:
            parts.append("\n" if token.hidden else _AFTER[token.type])
    return re.sub(r"\n\s*\n+", "\n\n", "".join(parts)).strip()


_AFTER = {"paragraph_close": "\n\n", "heading_close": "\n\n", "th_close": "  ", "td_close": "  ", "tr_close": "\n"}


def _read(tokens: list[Token], found: list[Link]) -> str:
    """The words of one paragraph. Its links are added to those found."""
    said, begun = "", [(0, "")]
    for token in tokens:
        if token.type == "link_open":
            begun.append((len(said), str(token.attrs.get("href", ""))))
        elif token.type == "link_close":
            start, href = begun.pop()
            found.append(Link(said[start:], href))
            said += f" ({href})" if said[start:] != href else ""
        else:
            said += {"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content)
    return said
