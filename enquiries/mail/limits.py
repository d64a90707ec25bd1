"""What holds a mail back: mail to whatever address somebody typed, if that is nobody's or has had enough, so that
our forms cannot be used to mail strangers; and sign-in codes that came too late. Routing mail is never held back."""

import datetime as dt
from email.utils import parseaddr

from django.conf import settings
from django.db.models import F, Max

from careportal.kit import clock
from enquiries.mail import addresses
from enquiries.models import MailAttempt, OutgoingMail, RoutingRule

State, Outcome = OutgoingMail.State, MailAttempt.Outcome
_ON_ITS_WAY = [State.SENDING, State.SENT, State.UNCERTAIN]
# To an address that whoever filled in a form typed, with nobody's word yet that it is theirs.
TO_STRANGERS = {
    *(OutgoingMail.Kind.ACKNOWLEDGEMENT, OutgoingMail.Kind.CONFIRMATION, OutgoingMail.Kind.RESULTS),
    OutgoingMail.Kind.RIGHTS_RECEIVED,
}
BOUNCES_COUNT_FOR_DAYS = 90
SLOW_SECONDS, SLOW_FOR_SECONDS = 5, 600


def hold_back(mail: OutgoingMail) -> bool:
    """Whether a claimed mail must not go now. What must never go is cancelled, what comes too quickly waits."""
    if mail.kind == OutgoingMail.Kind.ACCOUNT:
        return _is_too_late(mail)
    if mail.kind not in TO_STRANGERS | {OutgoingMail.Kind.ALERT}:
        return False
    if why := _never_to(mail):
        return _release(mail, State.CANCELLED, why)
    if mail.kind not in TO_STRANGERS:
        return False
    others = OutgoingMail.objects.filter(kind=mail.kind, state__in=_ON_ITS_WAY).exclude(pk=mail.pk)
    hour = others.filter(recipient_key=mail.recipient_key, created_at__gt=clock.after(-3600))
    if hour.count() >= settings.ACKNOWLEDGEMENTS_PER_HOUR:
        return _release(mail, State.CANCELLED, "Not sent: this address has had enough mail of this kind this hour.")
    if others.filter(sent_at__gt=clock.after(-60)).count() >= settings.ACKNOWLEDGEMENTS_PER_MINUTE:
        return _release(mail, State.QUEUED, "Waits: there is much mail of this kind this minute.", again_in=60)
    return False


def slow_recipients() -> list[str]:
    """Recipients whose server lately took its time and gave no answer, and has taken no mail of ours since."""
    since = clock.after(-SLOW_FOR_SECONDS)
    lately = MailAttempt.objects.filter(outcome__in=[Outcome.POSTPONED, Outcome.UNCERTAIN], ended_at__gt=since)
    long = lately.filter(ended_at__gt=F("started_at") + dt.timedelta(seconds=SLOW_SECONDS))
    slow = dict(long.values_list("mail__recipient_key").annotate(Max("ended_at")))
    if not slow:
        return []
    taken = OutgoingMail.objects.filter(recipient_key__in=slow, sent_at__gt=since).values_list("recipient_key")
    well = dict(taken.annotate(Max("sent_at")))
    return [key for key, at in slow.items() if key not in well or well[key] < at]


def _is_too_late(mail: OutgoingMail) -> bool:
    assert mail.lease_until
    now = mail.lease_until - dt.timedelta(seconds=settings.MAIL_LEASE_SECONDS)  # by the database's clock
    if now <= mail.give_up_at:
        return False
    return _release(mail, State.CANCELLED, "Not sent: it came too late to be of use.", text="", raw=b"")


def _never_to(mail: OutgoingMail) -> str:
    """Why this address gets no such mail at all, or nothing (MO6).

    That this very mail came back is no reason: an officer has sent it again. Nor is one that arrived after all.
    """
    if mail.recipient_key in own_inboxes():
        return "Not sent: this is one of the council's own inboxes."
    if addresses.is_nobodys(mail.recipient):
        return "Not sent: nobody reads this address."
    since = clock.after(-BOUNCES_COUNT_FOR_DAYS * 86_400)
    bounced = MailAttempt.objects.filter(outcome=Outcome.BOUNCED, mail__recipient_key=mail.recipient_key)
    if bounced.filter(ended_at__gt=since).exclude(mail=mail.pk).exclude(mail__state=State.SENT).exists():
        return "Not sent: an earlier mail to this address came back."
    return ""


def own_inboxes() -> set[str]:
    """The council's own inboxes, as limits see addresses: no provider reads them."""
    own = {settings.BUSINESS_FORUM_INBOX, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}
    own |= set(RoutingRule.objects.values_list("inbox", flat=True))
    return {addresses.key(address) for address in own}


def _release(mail: OutgoingMail, state: str, why: str, *, again_in: float = 0, **more: object) -> bool:
    OutgoingMail.objects.filter(pk=mail.pk, claim=mail.claim).update(
        state=state,
        claim=None,
        lease_until=None,
        next_attempt_at=clock.after(again_in),
        attempts_made=mail.attempts_made - 1,
        last_answer=why,
        **more,
    )
    mail.attempts.filter(outcome=Outcome.RUNNING).delete()  # nothing was tried
    return True
