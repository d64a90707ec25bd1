"""Addresses as limits see them."""


def key(address: str) -> str:
    """The address without what varies for one mailbox: capitals and a plus tag."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
