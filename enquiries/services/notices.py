"""Telling the team what did not arrive."""

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from careportal.accounts.roles import Role, allows
from enquiries import letters
from enquiries.mail import post
from enquiries.models import OutgoingMail

State = OutgoingMail.State
DAILY_AT = dt.time(8)
AT_MOST_EVERY = dt.timedelta(hours=1)
PATIENCE = dt.timedelta(minutes=10)  # what is uncertain may yet be found in the inbox
LISTED = 50


@transaction.atomic
def tell_of_failures() -> int:
    """Write to every officer when there is something to say: once a day, and within the hour when it is new.

    Returns how many letters were written.
    """
    trouble = _trouble(timezone.now())
    if not _is_time(trouble, timezone.now()):
        return 0
    addresses = _officers()
    post.write(*(letters.notice(address, _facts(trouble)) for address in addresses))
    return len(addresses)


def _trouble(now: dt.datetime) -> "QuerySet[OutgoingMail]":
    mails = OutgoingMail.objects.filter(enquiry__isnull=False).select_related("enquiry").defer("raw", "text")
    failed, uncertain = mails.filter(state=State.FAILED), mails.filter(state=State.UNCERTAIN)
    return (failed | uncertain.filter(next_attempt_at__lt=now - PATIENCE)).order_by("-next_attempt_at", "-pk")


def _is_time(trouble: "QuerySet[OutgoingMail]", now: dt.datetime) -> bool:
    last = OutgoingMail.objects.filter(kind=OutgoingMail.Kind.NOTICE).aggregate(at=Max("created_at"))["at"]
    if last is None or not trouble.exists():
        return trouble.exists()
    since = Q(state=State.FAILED, next_attempt_at__gt=last)
    since |= Q(state=State.UNCERTAIN, next_attempt_at__gt=last - PATIENCE)
    today = dt.datetime.combine(timezone.localdate(now), DAILY_AT, tzinfo=timezone.get_default_timezone())
    return last < today <= now or (now - last >= AT_MOST_EVERY and trouble.filter(since).exists())


def _facts(trouble: "QuerySet[OutgoingMail]") -> dict[str, Any]:
    listed = list(trouble[:LISTED])
    count = trouble.count()
    return {
        "count": count,
        "more": count - len(listed),
        "list_url": reverse("admin:enquiries_outgoingmail_changelist"),
        "failed": [_line(mail) for mail in listed if mail.state == State.FAILED],
        "uncertain": [_line(mail) for mail in listed if mail.state == State.UNCERTAIN],
    }


def _line(mail: OutgoingMail) -> dict[str, str]:
    assert mail.enquiry
    return {"what": f"{mail.get_kind_display()}, {mail.enquiry.reference}", "url": mail.enquiry.get_absolute_url()}


def _officers() -> list[str]:
    """Whoever may do something about it."""
    able = [role for role in Role.values if allows(role, "enquiries.change_enquiry")]
    return list(get_user_model().objects.filter(is_active=True, role__in=able).values_list("email", flat=True))
