from collections.abc import Collection, Iterable
from typing import Any


def refuse_to_change(model: Any, columns: Iterable[str] | None, *, but_for: Collection[str] = ()) -> None:
    """What was sent is written once. Whoever saves a row again says which columns, and none of those is among them.

    `but_for`: what is written just now, for the first time.
    """
    if columns is None:
        raise TypeError(f"Say which columns of this {model.__name__} are to be saved: what was sent never changes.")
    if changed := set(columns) & set(model.SUBMITTED) - set(but_for):
        raise TypeError(f"What was sent never changes: {', '.join(sorted(changed))}.")
