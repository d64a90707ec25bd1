"""Whether somebody's address speaks for their belonging to a partner: a hint for the council, never a proof."""

from urllib.parse import urlsplit

from django.db.models import TextChoices

from programmes.models import Partner

# Where anybody gets an address: it says nothing about whom somebody works for.
FOR_ANYBODY = {
    *("aol.com", "btinternet.com", "gmail.com", "googlemail.com", "gmx.com", "gmx.co.uk", "hotmail.com"),
    *("hotmail.co.uk", "icloud.com", "live.com", "live.co.uk", "mail.com", "me.com", "msn.com", "outlook.com"),
    *("proton.me", "protonmail.com", "sky.com", "talktalk.net", "virginmedia.com", "yahoo.com", "yahoo.co.uk"),
}


class Sign(TextChoices):
    SAME = "same", "The address is of the partner’s own domain"
    OTHER = "other", "The address is of another domain than the partner’s website and email"
    ANYBODY = "anybody", "Anybody can get an address of this domain"
    UNKNOWN = "unknown", "We know no domain of the partner: its website and email are not on its page"


def domains_of(partner: Partner) -> list[str]:
    """Of its website and its email address, as the council has written them down."""
    try:
        site = urlsplit(partner.website).hostname or ""
    except ValueError:  # brackets that close nothing
        site = ""
    found = {site.removeprefix("www."), domain_of(partner.email)} - {""} - FOR_ANYBODY
    return sorted(found)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].strip().lower()


def sign_of(partner: Partner, address: str) -> Sign:
    known, given = domains_of(partner), domain_of(address)
    if given in FOR_ANYBODY:
        return Sign.ANYBODY
    if not known:
        return Sign.UNKNOWN
    is_own = any(given == domain or given.endswith(f".{domain}") for domain in known)
    return Sign.SAME if is_own else Sign.OTHER
