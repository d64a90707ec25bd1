"""Markdown as GOV.UK-styled HTML. Nothing in it can be more than words, lists, tables and links."""

import re
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


def links(text: str) -> list[str]:
    """The web pages that the text links to, each once, as the page would show them."""
    tokens = _parser.parse(text.replace("\x00", "")[:LONGEST])
    hrefs = (str(child.attrs.get("href", "")) for token in tokens for child in token.children or [])
    return list(dict.fromkeys(href for href in hrefs if _outside(href)))


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
