"""What can happen to programmes and to the listings that partners keep."""

from programmes.services.changes import discard, discuss, propose, review, submit
from programmes.services.pack import load_listings

__all__ = ["discard", "discuss", "load_listings", "propose", "review", "submit"]
