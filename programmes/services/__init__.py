"""What can happen to programmes, to the listings that partners keep, and to the people who keep them."""

from programmes.services.changes import discard, discuss, propose, review, submit
from programmes.services.invitations import (
    accept_invitation,
    forget_what_is_over,
    invite,
    renew_invitation,
    withdraw_invitation,
)
from programmes.services.pack import load_listings
from programmes.services.people import change_role, remove_person
from programmes.services.requests import ask_to_act, decide_request

__all__ = [
    "accept_invitation",
    "ask_to_act",
    "change_role",
    "decide_request",
    "discard",
    "discuss",
    "forget_what_is_over",
    "invite",
    "load_listings",
    "propose",
    "remove_person",
    "renew_invitation",
    "review",
    "submit",
    "withdraw_invitation",
]
