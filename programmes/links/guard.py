"""Which addresses may be looked at: pages of the public web, by name, on the web's own ports. All else is refused."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import idna

SCHEMES = {"http": 80, "https": 443}
PORTS = frozenset(SCHEMES.values())
LONGEST = 2000

_STRANGE = re.compile(r"[\x00-\x20\\\x7f]")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_A_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # the last part of a name that is really an address

_UNICAST = ipaddress.ip_network("2000::/3")
# Ranges that libraries call global, or that hold another address: 6to4 and its relays, Teredo and the other special
# uses of 2001::/23, documentation, NAT64, segment routing, Azure's platform address.
_NOT_OURS = [
    ipaddress.ip_network(text)
    for text in (
        *("192.88.99.0/24", "168.63.129.16/32", "192.0.0.0/24", "0.0.0.0/8", "100.64.0.0/10", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "64:ff9b::/96", "64:ff9b:1::/48", "5f00::/16"),
    )
]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class LinkRefused(Exception):
    """This link is not looked at. The words are for whoever keeps the listing."""


@dataclass(frozen=True)
class Target:
    """What to ask for, and of whom. The host is a name in small ASCII letters."""

    scheme: str
    host: str
    port: int
    path: str


def parse(url: str, ports: frozenset[int] = PORTS) -> Target:
    """The parts of an address that may be looked at. Raises LinkRefused."""
    if len(url) > LONGEST or _STRANGE.search(url):
        raise LinkRefused("the address is too long or has strange characters in it")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise LinkRefused("it is not a web address") from error
    if parts.scheme not in SCHEMES:
        raise LinkRefused("only addresses that begin with https:// or http:// are allowed")
    if "@" in parts.netloc:
        raise LinkRefused("there is a user name in the address")
    port = SCHEMES[parts.scheme] if port is None else port
    if port not in ports:
        raise LinkRefused("the address names an unusual port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, _name(parts.hostname or ""), port, path)


def _name(host: str) -> str:
    """A host's name. What browsers would read as a number, in whatever writing, is none."""
    try:
        name = idna.encode(host.rstrip("."), uts46=True).decode().lower() if not host.isascii() else host.rstrip(".")
    except (idna.IDNAError, UnicodeError) as error:
        raise LinkRefused("the name of the website cannot be read") from error
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise LinkRefused("the address does not name a website")
    if _A_NUMBER.fullmatch(labels[-1]):
        raise LinkRefused("the address has a number in place of a website's name")
    return name


def is_public(address: Address) -> bool:
    """Whether a machine of the public internet can be there, and no other."""
    if isinstance(address, ipaddress.IPv6Address) and (address not in _UNICAST or address.scope_id):
        return False  # mapped and compatible IPv4, loopback, link-local, unique local, multicast, NAT64
    if any(address.version == net.version and address in net for net in _NOT_OURS):
        return False
    return address.is_global and not (
        address.is_private
        or address.is_multicast
        or address.is_reserved
        or address.is_loopback
        or address.is_link_local
        or address.is_unspecified
    )


def is_same_site(one: str, other: str) -> bool:
    """Whether two names belong together: the same but for www, or one below the other."""
    one, other = one.removeprefix("www."), other.removeprefix("www.")
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
