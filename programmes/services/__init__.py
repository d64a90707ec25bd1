"""What can happen to programmes and to the listings that partners keep."""

from programmes.services.changes import discard, discuss, propose, review, submit
from programmes.services.new_listings import (
    add_intake,
    change_intake,
    leave_dates_open,
    remove_intake,
    start_programme,
)
from programmes.services.pack import load_listings

__all__ = [
    "add_intake",
    "change_intake",
    "discard",
    "discuss",
    "leave_dates_open",
    "load_listings",
    "propose",
    "remove_intake",
    "review",
    "start_programme",
    "submit",
]
