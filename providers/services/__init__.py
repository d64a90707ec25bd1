"""What can happen to providers and to the people who act for them."""

from providers.services.directory import import_directory, planned_import, record_of, refuse_great_removals
from providers.services.handover import ask_for_handover, decide_handover, prove_handover
from providers.services.invitations import accept_invitation, invite, withdraw_invitation, withdraw_of
from providers.services.leaving import leave_all, owned_alone
from providers.services.members import change_role, make_organisation, remember_answers, remove_member
from providers.services.second_contact import begin_second_contact, prove_second_contact, remove_second_contact
from providers.services.tenders import import_tenders
from providers.services.upkeep import forget_what_is_over

__all__ = [
    "accept_invitation",
    "ask_for_handover",
    "begin_second_contact",
    "change_role",
    "decide_handover",
    "forget_what_is_over",
    "import_directory",
    "import_tenders",
    "invite",
    "leave_all",
    "make_organisation",
    "owned_alone",
    "planned_import",
    "prove_handover",
    "prove_second_contact",
    "record_of",
    "refuse_great_removals",
    "remember_answers",
    "remove_member",
    "remove_second_contact",
    "withdraw_invitation",
    "withdraw_of",
]
