"""References: random, unambiguous, and easy to read aloud."""

import secrets

# No vowels (no words), no letter that looks like a digit, none that sounds like another one over the telephone.
ALPHABET = "234679CFHJKMPRTWXY"
GROUPS = 3
GROUP_LENGTH = 3


def new_reference() -> str:
    """A reference such as 4K7-RWX-92M: one of 198 thousand million, in no order."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
