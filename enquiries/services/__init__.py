"""What can happen to enquiries. Pages, tasks, commands and tests all come through here."""

from enquiries.services.applications import begin_application, save_page, submit_application
from enquiries.services.clocks import follow_closure_day, note_first_reply
from enquiries.services.interests import (
    complete,
    decline,
    enrol,
    find_not_eligible,
    offer,
    put_on_waiting_list,
    refer,
    reopen_interest,
    withdraw,
)
from enquiries.services.mails import (
    cancel_mail,
    mark_mail_as_received,
    receive_bounce,
    redirect_mail,
    resend_mail,
    resolve_uncertain,
)
from enquiries.services.notes import add_note
from enquiries.services.triage import (
    assign,
    close,
    hand_to_partner,
    reopen,
    resume_triage,
    take,
    take_over,
    wait_for_provider,
)
from enquiries.services.upkeep import note_pulse, remove_expired_drafts
from enquiries.services.views import remove_view, rename_view, save_view

__all__ = [
    "add_note",
    "assign",
    "begin_application",
    "cancel_mail",
    "close",
    "complete",
    "decline",
    "enrol",
    "find_not_eligible",
    "follow_closure_day",
    "hand_to_partner",
    "mark_mail_as_received",
    "note_first_reply",
    "note_pulse",
    "offer",
    "put_on_waiting_list",
    "receive_bounce",
    "redirect_mail",
    "refer",
    "remove_expired_drafts",
    "remove_view",
    "rename_view",
    "reopen",
    "reopen_interest",
    "resend_mail",
    "resolve_uncertain",
    "resume_triage",
    "save_page",
    "save_view",
    "submit_application",
    "take",
    "take_over",
    "wait_for_provider",
    "withdraw",
]
