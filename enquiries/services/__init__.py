"""What can happen to enquiries. Pages, tasks, commands and tests all come through here."""

from enquiries.services.alerts import ask_for_alerts, confirm_alert, look_after_alerts, stop_alert
from enquiries.services.applications import begin_application, enter_enquiry, save_page, submit_application
from enquiries.services.calling import change_call_times
from enquiries.services.clocks import follow_closure_day, note_first_reply
from enquiries.services.contact import ask_for_address, change_contact, correct_contact, prove_address
from enquiries.services.correspondence import ask_provider, receive_answer, write_to_provider
from enquiries.services.deadlines import usual_answer_by
from enquiries.services.ended import take_back_from_ended_partner
from enquiries.services.filling_in import begin_filling_in, close_for_provider, fill_in_enquiry
from enquiries.services.fitting import apply_for, send_results
from enquiries.services.following import ask_for_code, may_try, prove
from enquiries.services.from_provider import add_document, write_to_council
from enquiries.services.incoming import add_to_enquiry, open_enquiry, send_acknowledgement, set_aside, take_back
from enquiries.services.intake_news import answer_intake, look_after_intakes
from enquiries.services.interests import (
    complete,
    correct_decision,
    decline,
    enrol,
    find_not_eligible,
    put_on_waiting_list,
    reopen_interest,
    withdraw,
)
from enquiries.services.joining import join
from enquiries.services.mails import (
    cancel_mail,
    mark_mail_as_received,
    receive_bounce,
    redirect_mail,
    resend_mail,
    resolve_uncertain,
)
from enquiries.services.misplaced import can_be_put_back, take_out
from enquiries.services.notes import add_note
from enquiries.services.offers import answer_offer, move, offer
from enquiries.services.organisations import add_to_organisation
from enquiries.services.outcomes import answer_outcome, stop_asking
from enquiries.services.outreach import record_outreach, take_back_outreach
from enquiries.services.partner_codes import ask_for_partner_code, may_try_partner_code, prove_partner
from enquiries.services.partners import (
    Acting,
    acknowledge,
    ask_council,
    complete_by_partner,
    drop_out,
    enrol_by_partner,
    give_back,
    invite,
    note_attendance,
)
from enquiries.services.places import look_after_places
from enquiries.services.referrals import note_opening, refer
from enquiries.services.register import check_register, note_register_changes
from enquiries.services.returning import come_back, save_for_later
from enquiries.services.to_partner import write_to_partner
from enquiries.services.triage import (
    assign,
    close,
    follow_up_answer,
    hand_to_partner,
    reopen,
    resume_triage,
    take,
    take_over,
    wait_for_provider,
)
from enquiries.services.tries import note_try
from enquiries.services.upkeep import note_pulse, remove_expired_drafts
from enquiries.services.views import remove_view, rename_view, save_view
from enquiries.services.waves import hold_mail, release_mail
from enquiries.services.withdrawals import undo_withdrawal, withdraw_for_provider, withdrawal_ends_on

__all__ = [
    "Acting",
    "acknowledge",
    "add_document",
    "add_note",
    "add_to_enquiry",
    "add_to_organisation",
    "answer_intake",
    "answer_offer",
    "answer_outcome",
    "apply_for",
    "ask_council",
    "ask_for_address",
    "ask_for_alerts",
    "ask_for_code",
    "ask_for_partner_code",
    "ask_provider",
    "assign",
    "begin_application",
    "begin_filling_in",
    "can_be_put_back",
    "cancel_mail",
    "change_call_times",
    "change_contact",
    "check_register",
    "close",
    "close_for_provider",
    "come_back",
    "complete",
    "complete_by_partner",
    "confirm_alert",
    "correct_contact",
    "correct_decision",
    "decline",
    "drop_out",
    "enrol",
    "enrol_by_partner",
    "enter_enquiry",
    "fill_in_enquiry",
    "find_not_eligible",
    "follow_closure_day",
    "follow_up_answer",
    "give_back",
    "hand_to_partner",
    "hold_mail",
    "invite",
    "join",
    "look_after_alerts",
    "look_after_intakes",
    "look_after_places",
    "mark_mail_as_received",
    "may_try",
    "may_try_partner_code",
    "move",
    "note_attendance",
    "note_first_reply",
    "note_opening",
    "note_pulse",
    "note_register_changes",
    "note_try",
    "offer",
    "open_enquiry",
    "prove",
    "prove_address",
    "prove_partner",
    "put_on_waiting_list",
    "receive_answer",
    "receive_bounce",
    "record_outreach",
    "redirect_mail",
    "refer",
    "release_mail",
    "remove_expired_drafts",
    "remove_view",
    "rename_view",
    "reopen",
    "reopen_interest",
    "resend_mail",
    "resolve_uncertain",
    "resume_triage",
    "save_for_later",
    "save_page",
    "save_view",
    "send_acknowledgement",
    "send_results",
    "set_aside",
    "stop_alert",
    "stop_asking",
    "submit_application",
    "take",
    "take_back",
    "take_back_from_ended_partner",
    "take_back_outreach",
    "take_out",
    "take_over",
    "undo_withdrawal",
    "usual_answer_by",
    "wait_for_provider",
    "withdraw",
    "withdraw_for_provider",
    "withdrawal_ends_on",
    "write_to_council",
    "write_to_partner",
    "write_to_provider",
]
