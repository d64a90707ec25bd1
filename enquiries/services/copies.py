"""How long copies of mail that came in are kept (MI19). The mails themselves lie in the inbox for as long as the
council keeps them there."""

import datetime as dt

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from enquiries.models import IncomingMail, IncomingPiece

State = IncomingMail.State
SPAM_DAYS = 30
AT_ONCE = 200
NOBODYS_BUSINESS = [State.OWN, State.AUTOMATIC, State.OTHER, State.SPAM]
WORDS = {"sender": "", "sender_name": "", "subject": "", "text": ""}


def look_after_copies() -> int:
    """Remove copies past their days, and of mails that nothing became of what they say too. Returns how many copies.

    What waits for an officer is kept until then, and its days run from what was decided: so long it can be taken back.
    The row stays: the same mail is not taken in once more.
    """
    over = list(_over().filter(pieces__isnull=False).distinct().values_list("pk", flat=True)[:AT_ONCE])
    IncomingPiece.objects.filter(mail__in=over).delete()
    said = _over().filter(state__in=NOBODYS_BUSINESS).exclude(**WORDS)
    said.update(**WORDS)
    return len(over)


def _over() -> "QuerySet[IncomingMail]":
    kept, spam = (_before(days) for days in (settings.INCOMING_MAIL_DAYS, min(SPAM_DAYS, settings.INCOMING_MAIL_DAYS)))
    settled = IncomingMail.objects.annotate(since=Coalesce("decided_at", "noted_at"))
    old = Q(since__lt=kept) | Q(state=State.SPAM, since__lt=spam)
    return settled.filter(old).exclude(state__in=[State.NEW, State.SORT, State.HELD])


def _before(days: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)
