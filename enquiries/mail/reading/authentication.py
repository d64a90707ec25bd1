"""Whether our own mail server has proved where a mail comes from (RFC 8601). What anybody else wrote is ignored."""

import re
from collections.abc import Iterator

from django.conf import settings

from enquiries.models import IncomingMail

Sender = IncomingMail.Sender
ANY = "*"  # for servers that leave their name out, as Exchange Online does: then the topmost line is theirs
_RESULT = re.compile(r"\s*(dmarc|dkim|spf)(?:/\d+)?\s*=\s*(\w+)", re.ASCII)
_PROPERTY = re.compile(r"(?<!\S)(header\.from|header\.d|header\.i|smtp\.mailfrom)\s*=([^\s;]+)", re.ASCII)
_SIGN = re.compile(r'\\.|[()"]|[^\\()"]+|\\', re.DOTALL)
_ALIGNED_BY = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}


def verdict(lines: list[str], domain: str) -> IncomingMail.Sender:
    """By the topmost line that our server wrote. Where the setting names no server, nobody is checked (MI6)."""
    ours = next((results for results in map(_results, lines) if results[0]), None)
    if ours is None or not domain:
        return Sender.UNKNOWN
    found = list(_checks(ours[1]))
    if any(method == "dmarc" and result == "fail" for method, result, _ in found):
        return Sender.FAILED
    return Sender.PROVED if any(_proves(*check, domain) for check in found) else Sender.UNKNOWN


def _results(value: str) -> tuple[bool, list[str]]:
    """Whether our server wrote it, and its results."""
    wanted = settings.MAILBOX_AUTHSERV_ID.lower()
    name, *results = _own_words(value).lower().split(";")
    if wanted == ANY:
        return True, [name, *results]
    return bool(wanted) and name.split()[:1] == [wanted], results


def _checks(results: list[str]) -> Iterator[tuple[str, str, dict[str, str]]]:
    for result in results:
        if found := _RESULT.match(result):
            yield found[1], found[2], dict(_PROPERTY.findall(result))


def _proves(method: str, result: str, said: dict[str, str], domain: str) -> bool:
    """A check that passed, of the very domain that the sender claims."""
    if result != "pass":
        return False
    if method == "dmarc":
        return _domain(said.get("header.from", domain)) == domain
    return any(_fits(_domain(said[name]), domain) for name in _ALIGNED_BY[method] if name in said)


def _fits(proved: str, domain: str) -> bool:
    """The same domain, or one above it; never a whole ending such as `uk`."""
    return proved == domain or ("." in proved and domain.endswith(f".{proved}"))


def _domain(said: str) -> str:
    return said.rpartition("@")[2].strip("<>.")


def _own_words(value: str) -> str:
    """What is in comments and between quotes may be the sender's: nothing in a comment counts, and between quotes no
    sign ends a word. An address such as `"x; dmarc=pass"@evil.example` is one word."""
    kept, depth, is_quoted = [], 0, False
    for sign in _SIGN.findall(value):
        if sign == '"' and not depth:
            is_quoted = not is_quoted
        elif sign in "()" and not is_quoted:
            depth = max(depth + (1 if sign == "(" else -1), 0)
        elif not depth:
            kept.append(re.sub(r"[^\w.@-]", "_", sign) if is_quoted else sign)
    return "".join(kept).replace("\r", " ").replace("\n", " ")
