"""What can happen to programmes and to the listings that partners keep."""

from programmes.services.changes import discard, discuss, propose, review, submit
from programmes.services.pack import load_listings
from programmes.services.upkeep import forget_what_is_over

__all__ = ["discard", "discuss", "forget_what_is_over", "load_listings", "propose", "review", "submit"]
