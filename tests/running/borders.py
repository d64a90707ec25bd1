"""What must not cross from one council's portal into another's: worked out from the packs, nothing by hand."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import requests

from careportal import council
from careportal.kit.packfile import read
from programmes.listings import Listings
from programmes.models import Programme
from programmes.plans import read_pages, read_strategy

SAME_SHAPE = 2  # pages that differ only in a number: so many of them are looked at
MOST_PAGES = 400
NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|[A-Z0-9]{4}-[A-Z0-9]{4}")


# --- Words ---------------------------------------------------------------------------------------------------------


def words_of(key: str) -> set[str]:
    """Whatever is a council's own: names, addresses, numbers, colours, partners, programmes, plans, pages."""
    ours = council.load(key)
    listings = read(ours.folder / "programmes.yaml", Listings)
    plan = read_strategy(ours.folder, {one.slug for one in listings.programmes})
    pages = read_pages(ours.folder)
    found = {ours.key, ours.name, ours.short_name, ours.service_name, ours.place, *ours.area.named, *ours.area.examples}
    found |= {*ours.offer.model_dump().values()} - {None}
    found |= {ours.contact.telephone, _digits(ours.contact.telephone), ours.contact.postal_address, ours.contact.email}
    found |= {ours.privacy.controller, ours.privacy.data_protection_officer, *ours.mail.domains}
    found |= {ours.mail.business_forum_inbox, ours.mail.inbox_name, ours.mail.subject_phrase}
    found |= {urlsplit(url).netloc.removeprefix("www.") for url in (ours.council_url, ours.contact.safeguarding_url)}
    found |= {*ours.colours.model_dump().values()}
    found |= {text for one in listings.partners for text in (one.name, one.slug, one.email, one.website)}
    found |= {text for one in listings.programmes for text in (one.title, one.slug, one.summary, one.who_for)}
    found |= {one.title for entry in listings.programmes for one in entry.intakes}
    found |= {text for entry, _ in pages.values() for text in (entry.title, entry.summary)}
    found |= {*_lines(text for _, text in pages.values())}
    if plan:
        found |= {plan.title, plan.aim, plan.source, *(one.name for one in plan.stakeholders)}
        found |= {text for one in plan.objectives for text in (one.title, one.description)}
        found |= {one.title for entry in plan.objectives for one in entry.workstreams}
    return {_plain(word) for word in found if len(word) > 3}


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _lines(texts: Iterable[str]) -> Iterator[str]:
    """Each line of these texts that is long enough to be somebody's own."""
    return (line.strip("-# ") for text in texts for line in text.splitlines() if len(line) > 40)


def foreign_to(key: str, other: str) -> set[str]:
    """The other council's words that are neither the first one's own too nor the names of themes, which all share.

    Whom a council names as a neighbour is not its own.
    """
    ours = council.load(key)
    files = [*ours.folder.glob("*.yaml"), *(ours.folder / "pages").glob("*.md")]
    own = without_neighbours(key, " ".join(file.read_text() for file in files))
    shared = {_plain(label) for label in Programme.Theme.labels}
    return {word for word in words_of(other) - shared if not names(word, own)}


def without_neighbours(key: str, text: str) -> str:
    """The text, lacking the names and web addresses of the neighbours that the pack sends people on to."""
    plain = _plain(text)
    for one in council.load(key).area.neighbours:
        for known in (one.name, one.url):
            plain = plain.replace(_plain(known), " ")
    return plain


def names(word: str, plain: str) -> bool:
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", plain) is not None


def _plain(text: str) -> str:
    return " ".join(unescape(text).lower().split())


# --- Pages ---------------------------------------------------------------------------------------------------------


class Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]


def crawl(base: str, starts: Iterable[str], cookies: dict[str, str]) -> dict[str, str]:
    """All that somebody can reach by links, by address. Of pages that differ only in numbers, two."""
    session = requests.Session()
    session.cookies.update(cookies)
    waiting, seen, shapes = [urljoin(base, start) for start in starts], set[str](), Counter[str]()
    pages: dict[str, str] = {}
    while waiting and len(pages) < MOST_PAGES:
        address = waiting.pop(0)
        shape = NUMBERS.sub("N", urlsplit(address).path)
        if address in seen or shapes[shape] >= SAME_SHAPE or "logout" in shape:
            continue
        seen.add(address)
        shapes[shape] += 1
        answer = session.get(address, timeout=20)
        assert answer.status_code < 500, (address, answer.status_code)
        pages[address] = f"{answer.headers}\n{answer.text}"
        if "html" in answer.headers.get("Content-Type", ""):
            links = (urldefrag(urljoin(answer.url, link)).url for link in Links(answer.text).found)
            waiting += [link for link in links if link.startswith(base) and "/static/" not in link]
    assert len(pages) < MOST_PAGES, "there are more pages than this crawl looks at"
    return pages


def mails(folder: Path) -> dict[str, str]:
    """All mails that were kept, with their headers, by the names of their files."""
    return {path.name: path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file()}
