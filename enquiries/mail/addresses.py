"""Addresses as limits see them."""

import re

# Read by machines or by nobody. Not `info`, `office` or `manager`: that is how care homes are written to.
_NOBODYS = {"abuse", "bounce", "bounces", "donotreply", "hostmaster", "mailerdaemon", "noreply", "postmaster", "root"}


def key(address: str) -> str:
    """The address without what varies for one mailbox: capitals and a plus tag."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def is_nobodys(address: str) -> bool:
    """Whether an answer to this address would reach no person: no-reply, postmaster and the like."""
    local = key(address).rpartition("@")[0]
    return re.sub(r"[-_.]", "", local) in _NOBODYS
