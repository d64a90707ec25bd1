"""Asking the other end of a link whether it is there.

The name is resolved once; every address found is checked; the connection goes to the address that was checked, so that
a name that changes its answer leads nowhere else. Neither cookies nor credentials nor anything of the environment, such
as a proxy, has a part in it. Of the answer only the head is read.
"""

import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from queue import Empty, SimpleQueue
from urllib.parse import quote, urljoin

import certifi

from programmes.links.guard import PORTS, Address, LinkRefused, Target, is_public, is_same_site, parse
from programmes.models import LinkCheck

SECONDS = 5.0
REDIRECTS = 3
HEAD_BYTES = 64 * 1024  # far below the most that may be read of an answer (1 MB): its body is of no interest
ADDRESSES_TRIED = 3
USER_AGENT = "care-portal-link-check/1.0"
MOVED = {301, 302, 303, 307, 308}
# The server is there and lets no program in, or wants us to come later: nothing is wrong with the link.
NOT_FOR_PROGRAMS = {401, 403, 405, 406, 429, 999}

State = LinkCheck.State


def resolve(host: str, port: int) -> list[str]:
    """Every address of this name, in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@cache
def trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


@dataclass(frozen=True)
class Web:
    """The internet as the checker reaches it. Tests bring one of their own; no setting can."""

    resolve: Callable[[str, int], list[str]] = resolve
    is_allowed: Callable[[Address], bool] = is_public
    ports: frozenset[int] = PORTS
    tls: Callable[[], ssl.SSLContext] = trusted
    seconds: float = SECONDS


@dataclass(frozen=True)
class Found:
    """What was met at the other end: a state, and what was met in words."""

    state: str
    words: str = ""


@dataclass
class Clock:
    """What is left of the time for one link, redirects and all."""

    seconds: float
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        left = self.seconds - (time.monotonic() - self.began)
        if left <= 0:
            raise TimeoutError
        return left


def look_at(url: str, web: Web | None = None) -> Found:
    """Follow a link to its end. Never raises for what others answer."""
    try:
        return _follow(url, web or Web())
    except LinkRefused as refusal:
        return Found(State.REFUSED, str(refusal))
    except TimeoutError:
        return Found(State.BROKEN, "no answer in time")
    except ssl.SSLError:
        return Found(State.BROKEN, "the website has no valid certificate")
    except socket.gaierror:
        return Found(State.BROKEN, "there is no website of this name")
    except (OSError, ValueError, http.client.HTTPException):
        return Found(State.BROKEN, "no answer that can be read")


def _follow(url: str, web: Web) -> Found:
    clock, first = Clock(web.seconds), parse(url, web.ports)
    for _ in range(REDIRECTS + 1):
        target = parse(url, web.ports)
        status, location = _ask(target, web, clock)
        if status not in MOVED or not location:
            return _judged(status, first.host, target.host)
        url = quote(urljoin(url, location), safe="!#$%&'()*+,/:;=?@[]~\\")
    return Found(State.BROKEN, f"it leads on more than {REDIRECTS} times")


def _judged(status: int, first: str, last: str) -> Found:
    if status >= 400 and status not in NOT_FOR_PROGRAMS:
        return Found(State.BROKEN, f"the website answers “{status} {http.client.responses.get(status, '')}”")
    if not is_same_site(first, last):
        return Found(State.ELSEWHERE, f"it leads on to {last}")
    return Found(State.OK)


def _ask(target: Target, web: Web, clock: Clock) -> tuple[int, str]:
    """The status of the answer, and where it leads on."""
    with _connected(target, web, clock) as plain, _secured(plain, target, web, clock) as connection:
        connection.settimeout(clock.left)
        connection.sendall(_request(target))
        return _head(connection, clock)


def _request(target: Target) -> bytes:
    host = target.host if target.port in PORTS else f"{target.host}:{target.port}"
    path = quote(target.path, safe="!#$%&'()*+,/:;=?@[]~")
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", f"User-Agent: {USER_AGENT}", "Accept: */*", "Connection: close"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _connected(target: Target, web: Web, clock: Clock) -> socket.socket:
    """A connection to an address that was checked. One that may not be looked at refuses all of them."""
    addresses = [ipaddress.ip_address(text) for text in _resolved(target, web, clock)]
    if not addresses:
        raise socket.gaierror
    if not all(web.is_allowed(address) for address in addresses):
        raise LinkRefused("the address leads into a private network")
    trouble: OSError = TimeoutError()
    for address in addresses[:ADDRESSES_TRIED]:
        try:
            return socket.create_connection((str(address), target.port), timeout=clock.left)
        except OSError as error:
            trouble = error
    raise trouble


def _resolved(target: Target, web: Web, clock: Clock) -> list[str]:
    """In a thread: the system's resolver knows no end of its patience."""
    answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def find() -> None:
        try:
            answers.put(web.resolve(target.host, target.port))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=find, daemon=True).start()
    try:
        found = answers.get(timeout=clock.left)
    except Empty as late:
        raise TimeoutError from late
    if isinstance(found, Exception):
        raise found
    return found


def _secured(plain: socket.socket, target: Target, web: Web, clock: Clock) -> socket.socket:
    """With TLS the server proves the name in the link, whatever address it was found at."""
    if target.scheme != "https":
        return plain
    plain.settimeout(clock.left)
    return web.tls().wrap_socket(plain, server_hostname=target.host)


def _head(connection: socket.socket, clock: Clock) -> tuple[int, str]:
    """The first answer that is more than news of one. The end of the time ends it, however slowly bytes drip."""
    read = b""
    while True:
        head, gap, rest = read.partition(b"\r\n\r\n")
        if gap:
            status, location = _parsed(head)
            if status >= 200:
                return status, location
            read = rest
            continue
        connection.settimeout(clock.left)
        more = connection.recv(8192)
        read += more
        if not more or len(read) > HEAD_BYTES:
            raise http.client.HTTPException


def _parsed(head: bytes) -> tuple[int, str]:
    first, _, fields = head.partition(b"\r\n")
    found = re.fullmatch(rb"HTTP/1\.[01] ([1-5][0-9]{2}|999)( .*)?", first)
    if not found:
        raise http.client.HTTPException
    headers = http.client.parse_headers(io.BytesIO(fields + b"\r\n\r\n"))
    return int(found[1]), (headers.get("Location") or "").strip()
