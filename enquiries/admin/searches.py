"""What an officer searched for. The words stay in the session; the address holds only a short key (AD12)."""

import secrets

from django.http import HttpRequest

KEPT = 10
SESSION_KEY = "searches"
LETTERS = "23456789abcdefghjkmnpqrstvwxyz"


def keep(request: HttpRequest, words: str) -> str:
    """Keep the words, with the last few others, and return their key."""
    key = "".join(secrets.choice(LETTERS) for _ in range(8))
    request.session[SESSION_KEY] = [*_kept(request), [key, words]][-KEPT:]
    return key


def words_of(request: HttpRequest, key: str) -> str | None:
    """What was searched for under this key; empty without a key; None when it is not kept any longer."""
    return dict(_kept(request)).get(key) if key else ""


def _kept(request: HttpRequest) -> list[list[str]]:
    kept: list[list[str]] = request.session.get(SESSION_KEY, [])
    return kept
