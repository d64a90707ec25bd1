import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """A mail that lies in the inbox, by its place, with its head and the beginning of its text.

    `fetch` gets the whole of it, piece by piece, and no more than so many bytes.
    """

    folder: str
    validity: str
    number: int
    size: int
    received_at: dt.datetime
    start: bytes
    fetch: Callable[[int], Iterator[bytes]]
