"""Figures about mail and applications, for the status page and for reconciling."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count, DateTimeField, Min, Q, QuerySet, Value
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from enquiries.models import Enquiry, Interest, OutgoingMail, Pulse, Wording

State = OutgoingMail.State
UNSENT = [State.QUEUED, State.SENDING]
UNSETTLED = [State.FAILED, State.UNCERTAIN]


def mail_facts() -> dict[str, Any]:
    """How the mail is doing: whether it moves, and how many mails are in which state. Those that officers may see."""
    mails = OutgoingMail.objects.readable_by_officers()
    states = Counter(dict(mails.values_list("state").annotate(Count("pk")).order_by()))
    return {
        **moving_facts(),
        **{str(state): states[state] for state in State},
        "undelivered": undelivered(),
        "wordings_broken": sum(bool(wording.trouble) for wording in Wording.objects.all()),
        "enquiries": Enquiry.objects.count(),
    }


def moving_facts() -> dict[str, Any]:
    """Whether mail moves, in two cheap queries: an age in seconds, and when each part was last seen (ISO, or None)."""
    seen = dict(Pulse.objects.values_list("part", "seen_at"))
    return {
        "oldest_due_seconds": oldest_due_seconds(),
        "last_sweep_at": _iso(seen.get(Pulse.Part.SWEEP)),
        "worker_seen_at": _iso(seen.get(Pulse.Part.WORKER)),
        "schedule_seen_at": _iso(seen.get(Pulse.Part.SCHEDULE)),
        "mailbox_read_at": _iso(seen.get(Pulse.Part.MAILBOX)),
    }


def undelivered() -> int:
    """How many applications are not known to have reached their inbox. An index begins with this column."""
    return Enquiry.objects.filter(undelivered=True).count()


def trouble() -> tuple[int, float | None]:
    """Both of them in one query, as every page of the officers asks: `undelivered` and `oldest_due_seconds`."""
    one, nothing = Value(1), Value(None, output_field=DateTimeField())
    lost = Enquiry.objects.filter(undelivered=True).order_by().annotate(one=one).values("one")
    waiting = OutgoingMail.objects.filter(state__in=UNSENT).order_by().annotate(one=one).values("one")
    counted = lost.annotate(lost=Count("pk"), oldest=nothing).values_list("lost", "oldest")
    oldest = waiting.annotate(lost=Value(0), oldest=Min("queued_at")).values_list("lost", "oldest")
    found = list(counted.union(oldest, all=True))
    return sum(number for number, _ in found), age(next((at for _, at in found if at), None))


def needs_somebody() -> Q:
    """Mails that do not settle by themselves in time: delayed, failed, or nobody knows."""
    return Q(state__in=UNSETTLED) | is_delayed()


def is_delayed() -> Q:
    """Mails that should have gone by now."""
    return Q(state__in=UNSENT, queued_at__lt=delayed_before())


def delayed_before() -> dt.datetime:
    """What was written before this moment should have gone by now."""
    return timezone.now() - dt.timedelta(seconds=settings.MAIL_DELAYED_SECONDS)


def listed_mails() -> "QuerySet[OutgoingMail]":
    """What the officers' list of mails shows of each, in one query."""
    columns = ("kind", "state", "recipient", "last_answer", "created_at", "sent_at", "attempts_made")
    mails = OutgoingMail.objects.readable_by_officers().select_related("enquiry")
    return mails.only(*columns, "queued_at", "next_attempt_at", "subject", "message_id", "enquiry__reference")


def oldest_due_seconds() -> float | None:
    """How long the oldest unsent mail has waited, also between two attempts. None when nothing waits."""
    waiting = OutgoingMail.objects.filter(state__in=UNSENT)
    return age(waiting.aggregate(oldest=Min("queued_at"))["oldest"])


@dataclass
class Balance:
    """What is stored against what was delivered. `differences` says in words what does not agree."""

    stored: int
    routing_due: int
    routing_sent: int
    acknowledgements: dict[str, int]
    routing: dict[str, int]
    differences: list[str] = field(default_factory=list)


def balance(delivered: Counter[str] | None = None) -> Balance:
    """Stored = mails due = sent. `delivered` counts Message-IDs at the far end, where that can be seen.

    Due is one routing mail for each enquiry and distinct inbox, and one acknowledgement for each enquiry.
    """
    asked = Interest.objects.filter(copied_from=None)  # what joining took over was routed where it was asked
    due = set(asked.values_list("enquiry__reference", "inbox").distinct())
    routed = list(_mails(OutgoingMail.Kind.ROUTING))
    acknowledged = list(_mails(OutgoingMail.Kind.ACKNOWLEDGEMENT))
    online = set(Enquiry.objects.filter(channel=Enquiry.Channel.ONLINE).values_list("reference", flat=True))
    result = Balance(
        stored=len(online),
        routing_due=len(due),
        routing_sent=len(_arrived(routed)),
        routing=dict(Counter(mail.state for mail in routed)),
        acknowledgements=dict(Counter(mail.state for mail in acknowledged)),
    )
    result.differences += _never_written(online, due, routed, acknowledged)
    result.differences += [_told(mail) for mail in routed if mail.state != State.SENT and not _replaced(mail, routed)]
    result.differences += [_told(mail) for mail in acknowledged if not mail.is_settled]
    if delivered is not None:
        result.differences += _against(delivered, [*routed, *acknowledged])
    return result


def _never_written(
    online: set[str], due: set[tuple[str, str]], routed: list[OutgoingMail], acknowledged: list[OutgoingMail]
) -> list[str]:
    """Enquiries without what belongs to them, and mails that belong to none."""
    written = {(mail.enquiry.reference, mail.written_for) for mail in routed if mail.enquiry}
    answered = {mail.enquiry.reference for mail in acknowledged if mail.enquiry}
    wanting = {
        "no programme is stored": online - {reference for reference, _ in due},
        "no mail to an inbox it is due to": {reference for reference, _ in due - written},
        "a mail to an inbox it is not due to": {reference for reference, _ in written - due},
        "no acknowledgement": online - answered,
    }
    return [f"{reference}: {what}" for what, references in wanting.items() for reference in sorted(references)]


def _arrived(mails: list[OutgoingMail]) -> set[tuple[int | None, str]]:
    """Each application and inbox that a mail was delivered for, whatever address an officer chose in the end."""
    return {(mail.enquiry_id, mail.written_for) for mail in mails if mail.state == State.SENT}


def _replaced(mail: OutgoingMail, mails: list[OutgoingMail]) -> bool:
    """Cancelled because an officer sent it to another address."""
    others = [other for other in mails if other.pk != mail.pk and other.state != State.CANCELLED]
    return mail.state == State.CANCELLED and any(
        other.due_to == mail.written_for and other.enquiry_id == mail.enquiry_id for other in others
    )


def _told(mail: OutgoingMail) -> str:
    return f"{mail.message_id}: {mail.state}"


def _mails(kind: OutgoingMail.Kind) -> Any:
    columns = ("state", "recipient", "due_to", "message_id", "enquiry__reference")
    return OutgoingMail.objects.filter(kind=kind).select_related("enquiry").only(*columns)


def _against(delivered: Counter[str], mails: list[OutgoingMail]) -> list[str]:
    """Mails said to be sent that did not arrive, and mails that arrived twice or without being sent."""
    sent = {mail.message_id for mail in mails if mail.state == State.SENT}
    open_ = {mail.message_id for mail in mails if mail.state in {State.UNCERTAIN, State.SENDING}}
    ours = {mail.message_id for mail in mails}
    lines = [f"{message_id}: sent, but it is not there" for message_id in sorted(sent - set(delivered))]
    lines += [f"{message_id}: arrived {n} times" for message_id, n in sorted(delivered.items()) if n > 1]
    arrived = set(delivered) & ours
    lines += [f"{message_id}: arrived, but it is not marked as sent" for message_id in sorted(arrived - sent - open_)]
    return lines


# Worst first: what an officer must know about an enquiry's mails is the worst that became of one of them.
_WORST_FIRST = [State.FAILED, State.UNCERTAIN, State.SENDING, State.QUEUED, State.SENT, State.CANCELLED]


def worst_state(states: Collection[str]) -> str:
    """The worst of the states of an enquiry's mails; empty when it has none."""
    return next((str(state) for state in _WORST_FIRST if state in states), "")


OPEN_LATELY = dt.timedelta(minutes=10)


def open_elsewhere(enquiry: Enquiry, officer: Any) -> AuditEntry | None:
    """The last time in ten minutes that a colleague opened this enquiry; nothing where none did. One query."""
    seen = AuditEntry.objects.filter(about="enquiries.enquiry", row=enquiry.pk, kind=AuditEntry.Kind.OPENED)
    lately = seen.filter(at__gt=timezone.now() - OPEN_LATELY, by__isnull=False)
    found: AuditEntry | None = lately.exclude(by=officer.pk).select_related("by").order_by("-at").first()
    return found


def age(moment: dt.datetime | None) -> float | None:
    """In seconds."""
    return None if moment is None else round((timezone.now() - moment).total_seconds(), 1)


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
