"""Fetching notices from the publishers, page by page. Only from the hosts of the setting, and within bounds.

No cookies, no proxy and no password of the machine has a part in it. http is for this machine alone.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from urllib3.exceptions import HTTPError

from providers.exceptions import FileRefused
from providers.tenders import files

SECONDS = 120.0
ANSWER_SECONDS = 15.0
PAGES = 50
REDIRECTS = 3
CHUNK = 64 * 1024
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
HEADERS = {"Accept": "application/json", "User-Agent": "care-portal-tenders/1.0"}


@dataclass
class Bounds:
    """How much more may be read, and for how long."""

    bytes_left: int = files.MOST_BYTES
    ends: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    def take(self, chunk: bytes) -> None:
        self.bytes_left -= len(chunk)
        if self.bytes_left < 0:
            raise FileRefused(f"There is more than {files.MOST_BYTES // 1024**2} MB. Ask for fewer days at once.")

    @property
    def seconds_left(self) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise FileRefused(f"The publisher took longer than {SECONDS:.0f} seconds. Try again later.")
        return min(left, ANSWER_SECONDS)


def is_address(source: str) -> bool:
    return source.startswith(("https://", "http://"))


def fetched(url: str) -> bytes:
    """Everything from this address and the pages after it, as one package of releases. Raises FileRefused."""
    bounds, found = Bounds(), list[Any]()
    seen: set[str] = set()
    while url:
        if url in seen or len(seen) == PAGES:
            raise FileRefused(f"There are more than {PAGES} pages, or they go in a circle. Ask for fewer days at once.")
        seen.add(url)
        package = files.document(_page(url, bounds))
        found += files.releases(package)
        following = files.next_page(package)
        url = urljoin(url, following) if following else ""
    return json.dumps({"releases": found}).encode()


def _page(url: str, bounds: Bounds) -> bytes:
    try:
        with requests.Session() as session:
            session.trust_env = False
            return b"".join(_read(session, url, bounds))
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise FileRefused(f"The address cannot be read: {type(error).__name__}.") from error


def _read(session: requests.Session, url: str, bounds: Bounds) -> Iterator[bytes]:
    """What is sent, as it comes: the end of the time ends it, however slowly bytes drip."""
    for _ in range(REDIRECTS + 1):
        refuse_strange(url)
        with session.get(
            url, headers=HEADERS, stream=True, allow_redirects=False, timeout=bounds.seconds_left
        ) as answer:
            if answer.is_redirect:
                url = urljoin(url, answer.headers["Location"])
                continue
            if answer.status_code != requests.codes.ok:
                raise FileRefused(f"The publisher answers “{answer.status_code} {answer.reason}”.")
            while chunk := answer.raw.read1(CHUNK, decode_content=True):
                bounds.take(chunk)
                yield chunk
                _ = bounds.seconds_left
            return
    raise FileRefused(f"The address leads on more than {REDIRECTS} times.")


def refuse_strange(url: str) -> None:
    """Only the publishers, and only as nobody between can change it."""
    try:
        parts = urlsplit(url)
        host, scheme = parts.hostname or "", parts.scheme
        is_plain = parts.username is None and parts.port in {None, 443, *([parts.port] if host in LOOPBACK else [])}
    except ValueError as error:
        raise FileRefused("This is no web address.") from error
    if scheme != "https" and not (scheme == "http" and host in LOOPBACK):
        raise FileRefused("The address must begin with https://.")
    if host not in settings.TENDER_HOSTS or not is_plain:
        raise FileRefused(f"Only these publishers are asked: {', '.join(settings.TENDER_HOSTS)}.")
