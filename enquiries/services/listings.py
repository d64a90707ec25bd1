"""The rounds that keep listings correct. What they do is the programmes' own; when, is said here."""

from django.conf import settings

from enquiries.services.chasing import is_time_to_write
from programmes.services import freshness, links, look_after_agreements


def look_after_listings() -> int:
    """Partners are asked on working days, in office hours. The quiet days are for providers, who send in a return."""
    return freshness.ask_partners() if is_time_to_write() else 0


def look_after_endings() -> int:
    """Agreements that end, and those that have ended: letters on working days, in office hours."""
    return look_after_agreements() if is_time_to_write() else 0


def look_after_links() -> int:
    return links.check_some() if settings.LINK_CHECKS else 0
