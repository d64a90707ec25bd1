"""What can happen to programmes and to the listings that partners keep."""

from programmes.services.changes import discard, discuss, propose, review, submit
from programmes.services.intakes import add_intake, change_intake, change_places, note_change, steer
from programmes.services.pack import load_listings
from programmes.services.views import count_view

__all__ = [
    "add_intake",
    "change_intake",
    "change_places",
    "count_view",
    "discard",
    "discuss",
    "load_listings",
    "note_change",
    "propose",
    "review",
    "steer",
    "submit",
]
