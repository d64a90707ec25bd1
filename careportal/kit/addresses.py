"""What an address must look like: of a machine, of one person's mailbox, of a sender with a name."""

import re
from collections.abc import Collection
from email.utils import getaddresses
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def names_a_host(url: str, schemes: Collection[str]) -> bool:
    """Whether this is the URL of a machine: one of these schemes, a host and, if there is a port, a real one."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", url)
    except ValueError:  # a port such as 99999, a bracket without its other half
        return False


def is_mailbox(text: str) -> bool:
    """Whether this is one email address and nothing else, as mail servers write it."""
    if not text.isascii() or "=?" in text:  # the second begins coded text: another address may come out of it
        return False
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def is_sender(text: str) -> bool:
    """Whether this is one address, with or without a name, on one line."""
    if re.search(r"[\r\n]", text):
        return False
    found = getaddresses([text])
    return len(found) == 1 and is_mailbox(found[0][1])
