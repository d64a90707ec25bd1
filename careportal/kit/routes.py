"""The names of the portal's pages: what can be said of a page without its address, which may be somebody's alone."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.urls import URLResolver, get_resolver


@lru_cache
def names() -> frozenset[str]:
    return frozenset(_named(get_resolver().url_patterns, ""))


def known(name: str) -> str:
    """The name, if one of our pages has it; else nothing."""
    return name if name in names() else ""


def _named(patterns: list[Any], namespace: str) -> Iterator[str]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from _named(entry.url_patterns, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif entry.name:
            yield f"{namespace}{entry.name}"
