"""Time as the database sees it: its clock cannot be moved, so what it holds is moved into the past."""

import datetime as dt

from django.db.models import F

from enquiries.models import MailAttempt, OutgoingMail, Pulse

MOMENTS = {
    OutgoingMail: ["next_attempt_at", "lease_until", "marked_at", "created_at", "queued_at", "give_up_at", "sent_at"],
    MailAttempt: ["started_at", "ended_at"],
    Pulse: ["seen_at", "busy_until"],
}


def time_passes(**period: float) -> None:
    """Everything that is stored about mail happened that much longer ago."""
    for model, columns in MOMENTS.items():
        model.objects.update(**{column: F(column) - dt.timedelta(**period) for column in columns})
