"""The letter that reminds of a beginning."""

from enquiries.letters import Letter
from enquiries.letters_offers import about
from enquiries.models import Interest


def starts_soon(interest: Interest) -> Letter:
    """Says when and where, and leads to the page with the calendar file."""
    return about(interest, "starts_soon", "Your programme starts soon")
