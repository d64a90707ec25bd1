from collections.abc import Iterable
from typing import Any


def refuse_to_change(model: Any, columns: Iterable[str] | None) -> None:
    """What was sent is written once. Whoever saves a row again says which columns, and none of those is among them."""
    if columns is None:
        raise TypeError(f"Say which columns of this {model.__name__} are to be saved: what was sent never changes.")
    if changed := set(columns) & set(model.SUBMITTED):
        raise TypeError(f"What was sent never changes: {', '.join(sorted(changed))}.")
