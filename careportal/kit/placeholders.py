"""Texts with ((placeholders)), as officers write them."""

import re
from collections.abc import Collection, Mapping

_PLACEHOLDER = re.compile(r"\(\(([^()]*)\)\)")


class UnknownPlaceholder(ValueError):
    """The text asks for something that is not there. Holds its name."""


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in. Raises UnknownPlaceholder."""
    refuse_unknown(text, values.keys())
    return _PLACEHOLDER.sub(lambda found: values[found[1].strip()], text)


def refuse_unknown(text: str, names: Collection[str]) -> None:
    """Raise UnknownPlaceholder for the first placeholder that is none of these, or that is not closed."""
    for name in _PLACEHOLDER.findall(text):
        if name.strip() not in names:
            raise UnknownPlaceholder(name.strip())
    rest = _PLACEHOLDER.sub("", text)
    if "((" in rest or "))" in rest:
        raise UnknownPlaceholder("((" if "((" in rest else "))")
