from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from careportal.kit.chain import Chained


class Event(Chained):
    """One line of an enquiry's history: who, what, when. It is only ever added to, and holds no names or texts."""

    class Kind(models.TextChoices):
        RECEIVED = "received", "Received"
        RECEIPT_SENT = "receipt_sent", "Acknowledgement sent by hand"
        FILLED_IN = "filled_in", "Details filled in"
        TAKEN = "taken", "Taken"
        TAKEN_OVER = "taken_over", "Taken over from a colleague"
        WITH_PARTNER = "with_partner", "Handed to a partner"
        WAITING = "waiting", "Waiting for the provider"
        RESUMED = "resumed", "Triage resumed"
        REPLIED = "replied", "Replied"
        DUE_MOVED = "due_moved", "Due dates moved: a closure day was added or taken away"
        REFERRED = "referred", "Referred to a partner"
        OFFERED = "offered", "Offered"
        WAITING_LIST = "waiting_list", "Put on the waiting list"
        ENROLLED = "enrolled", "Enrolled"
        COMPLETED = "completed", "Completed"
        NOT_ELIGIBLE = "not_eligible", "Not eligible"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"
        WITHDRAWAL_UNDONE = "withdrawal_undone", "Withdrawal undone"
        UNDECIDED = "undecided", "Open again"
        NOTED = "noted", "Note written"
        CLOSED = "closed", "Closed"
        REOPENED = "reopened", "Re-opened"
        ASSIGNED = "assigned", "Given to an officer"
        RETURNED = "returned", "Returned to the queue: its owner has left"
        JOINED = "joined", "Joined to another enquiry"
        ADDED = "added", "Added to an organisation's account"
        WRITTEN = "written", "Message written to the provider"
        ASKED = "asked", "Question asked"
        ANSWERED = "answered", "Answer from the provider"
        HEARD = "heard", "Message from the provider"
        DOCUMENT_ADDED = "document_added", "Document added"
        MAIL_MISPLACED = "mail_misplaced", "Email taken back to the tray: it belongs elsewhere"
        CONTACT_CHANGED = "contact_changed", "Contact details changed"
        ADDRESS_GIVEN = "address_given", "New email address given: a code was sent to it"
        FOLLOWED_UP = "followed_up", "Answer dealt with"
        CORRECTED = "corrected", "Decision corrected"
        REMINDED = "reminded", "Reminder written"
        PUT_OFF = "put_off", "Put off: providers send in a return on these days"
        URGENT = "urgent", "Not put off: it could not wait"
        LAPSED = "lapsed", "Offer ran out"
        MOVED = "moved", "Moved to another group"
        INTAKE_CHANGED = "intake_changed", "Told that the group has changed"
        INTAKE_ANSWERED = "intake_answered", "Answered about the changed group"
        OPENED = "opened", "Opened by the partner"
        ACKNOWLEDGED = "acknowledged", "Acknowledged by the partner"
        INVITED = "invited", "Invited by the partner"
        ATTENDED = "attended", "Attended, as the partner says"
        DROPPED_OUT = "dropped_out", "Dropped out, as the partner says"
        GIVEN_BACK = "given_back", "Given back by the partner"
        PARTNER_WROTE = "partner_wrote", "Message from the partner"
        WROTE_TO_PARTNER = "wrote_to_partner", "Message written to the partner"
        PARTNER_CHASED = "partner_chased", "Partner reminded to acknowledge"
        REGISTER_CHANGED = "register_changed", "Changed in the CQC’s list"
        REGISTER_CHECKED = "register_checked", "Change in the CQC’s list checked"
        CALL_TIMES = "call_times", "Time to call changed"
        OUTCOME_ASKED = "outcome_asked", "Asked about the outcome"
        OUTCOME_GIVEN = "outcome_given", "Outcome reported"
        OUTCOME_STOPPED = "outcome_stopped", "Wants no more questions about it"
        MAIL_RESENT = "mail_resent", "Mail put in the queue again"
        MAIL_ARRIVED = "mail_arrived", "Mail marked as received"
        MAIL_CANCELLED = "mail_cancelled", "Mail cancelled"
        MAIL_REDIRECTED = "mail_redirected", "Mail sent to another address"
        MAIL_CAME_BACK = "mail_came_back", "Mail came back"

    enquiry = models.ForeignKey("Enquiry", on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    detail: "models.JSONField[Any]" = models.JSONField(default=dict)

    class Meta(Chained.Meta):
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.get_kind_display()
