"""Keyed sums over what is stored: the same on every database, and made by nobody who has not the portal's key."""

import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac


def digest(about: str, content: Any, *, key: str | None = None) -> str:
    """The sum of this content, as 64 hexadecimal digits. The key is derived from SECRET_KEY for this one purpose."""
    salt = f"careportal.kit.digests {about}"
    return salted_hmac(salt, canonical(content), secret=key, algorithm="sha256").hexdigest()


def by_every_key(about: str, content: Any) -> list[str]:
    """The sum by our key, and by each in SECRET_KEY_FALLBACKS."""
    return [digest(about, content, key=key) for key in (None, *settings.SECRET_KEY_FALLBACKS)]


def fits(given: str, about: str, content: Any) -> bool:
    """Whether this is the sum of the content, by one of our keys."""
    return any(constant_time_compare(given, one) for one in by_every_key(about, content))


def canonical(content: Any) -> str:
    """One text for one content: names in order, moments in UTC to the microsecond."""
    return json.dumps(content, default=_plain, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"There is no canonical form for {type(value).__name__}.")
