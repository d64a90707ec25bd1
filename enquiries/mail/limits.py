"""What holds a mail back: caps on acknowledgements, so that the form cannot be used to mail strangers, and sign-in
codes that came too late. Routing mail is never held back."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from enquiries.models import MailAttempt, OutgoingMail

State = OutgoingMail.State
_ON_ITS_WAY = [State.SENDING, State.SENT, State.UNCERTAIN]


def hold_back(mail: OutgoingMail) -> bool:
    """Whether a claimed mail must not go now. One too many for its address is cancelled, one too many in all waits."""
    now = timezone.now()
    if mail.kind == OutgoingMail.Kind.ACCOUNT and now > mail.give_up_at:
        return _release(mail, State.CANCELLED, now, "Not sent: it came too late to be of use.", text="", raw=b"")
    if mail.kind != OutgoingMail.Kind.ACKNOWLEDGEMENT:
        return False
    others = OutgoingMail.objects.filter(kind=mail.kind, state__in=_ON_ITS_WAY).exclude(pk=mail.pk)
    hour = others.filter(recipient_key=mail.recipient_key, created_at__gt=now - dt.timedelta(hours=1))
    if hour.count() >= settings.ACKNOWLEDGEMENTS_PER_HOUR:
        return _release(mail, State.CANCELLED, now, "Not sent: this address has had enough acknowledgements this hour.")
    minute = others.filter(sent_at__gt=now - dt.timedelta(minutes=1))
    if minute.count() >= settings.ACKNOWLEDGEMENTS_PER_MINUTE:
        return _release(mail, State.QUEUED, now + dt.timedelta(minutes=1), "Waits: many acknowledgements this minute.")
    return False


def _release(mail: OutgoingMail, state: State, again_at: dt.datetime, why: str, **more: object) -> bool:
    OutgoingMail.objects.filter(pk=mail.pk, claim=mail.claim).update(
        state=state,
        claim=None,
        lease_until=None,
        next_attempt_at=again_at,
        attempts_made=mail.attempts_made - 1,
        last_answer=why,
        **more,
    )
    mail.attempts.filter(outcome=MailAttempt.Outcome.RUNNING).delete()  # nothing was tried
    return True
