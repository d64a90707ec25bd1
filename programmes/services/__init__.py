"""What can happen to programmes and to the listings that partners keep."""

from programmes.services.changes import discard, discuss, propose, submit
from programmes.services.pack import load_listings
from programmes.services.publishing import publish
from programmes.services.reviewing import may_decide, refuse_own, review

__all__ = [
    "discard",
    "discuss",
    "load_listings",
    "may_decide",
    "propose",
    "publish",
    "refuse_own",
    "review",
    "submit",
]
