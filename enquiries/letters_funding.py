"""What is told of national funding, and the letter that reminds of it before it is too late."""

import datetime as dt

from enquiries.letters import Letter
from enquiries.letters_offers import about
from enquiries.models import Interest


def claim_by(interest: Interest) -> dt.date | None:
    """The last day to claim for it; None while it is not over, or where no day is known."""
    return interest.programme.claim_by(interest.over_on) if interest.over_on else None


def claim_soon(interest: Interest) -> Letter:
    return about(interest, "claim_soon", "National funding: claim soon", claim_by=claim_by(interest))
