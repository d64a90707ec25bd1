"""References: random, unambiguous, and easy to read aloud."""

import re
import secrets

from careportal.kit.cleaning import narrow

# No vowels (no words), no letter that looks like a digit, none that sounds like another one over the telephone.
ALPHABET = "234679CFHJKMPRTWXY"
GROUPS = 3
GROUP_LENGTH = 3
_GROUP = f"[{ALPHABET}]{{{GROUP_LENGTH}}}"
_WRITTEN = re.compile(rf"(?<![\w-]){_GROUP}(?:-{_GROUP}){{{GROUPS - 1}}}(?![\w-])")


def new_reference() -> str:
    """A reference such as 4K7-RWX-92M: one of 198 thousand million, in no order."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))


def as_written(letters: str) -> str:
    """In its groups, as we write it, whatever stood between the letters when it was typed."""
    return "-".join(letters[start : start + GROUP_LENGTH] for start in range(0, len(letters), GROUP_LENGTH))


def references_in(text: str) -> list[str]:
    """The references that somebody wrote in a text, each once, in small or wide letters too."""
    return list(dict.fromkeys(_WRITTEN.findall(narrow(text).upper())))
