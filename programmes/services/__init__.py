"""What can happen to programmes, to the listings that partners keep, and to the people who keep them."""

from programmes.services.changes import discard, discuss, propose, propose_again, submit
from programmes.services.endings import correct_answer, look_after_agreements, say_what_became_of_data
from programmes.services.freshness import confirm_listing
from programmes.services.intakes import add_intake, change_intake, change_places, note_change, steer
from programmes.services.invitations import accept_invitation, invite, renew_invitation, withdraw_invitation
from programmes.services.new_listings import (
    leave_dates_open,
    plan_intake,
    replan_intake,
    start_programme,
    unplan_intake,
)
from programmes.services.pack import load_listings
from programmes.services.people import change_role, remove_person
from programmes.services.plans import load_plans
from programmes.services.publishing import publish
from programmes.services.requests import ask_to_act, decide_request
from programmes.services.reviewing import may_decide, refuse_own, review
from programmes.services.strategy import continue_workstream
from programmes.services.upkeep import forget_what_is_over
from programmes.services.views import count_view

__all__ = [
    "accept_invitation",
    "add_intake",
    "ask_to_act",
    "change_intake",
    "change_places",
    "change_role",
    "confirm_listing",
    "continue_workstream",
    "correct_answer",
    "count_view",
    "decide_request",
    "discard",
    "discuss",
    "forget_what_is_over",
    "invite",
    "leave_dates_open",
    "load_listings",
    "load_plans",
    "look_after_agreements",
    "may_decide",
    "note_change",
    "plan_intake",
    "propose",
    "propose_again",
    "publish",
    "refuse_own",
    "remove_person",
    "renew_invitation",
    "replan_intake",
    "review",
    "say_what_became_of_data",
    "start_programme",
    "steer",
    "submit",
    "unplan_intake",
    "withdraw_invitation",
]
