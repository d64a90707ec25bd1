"""What people think of the service: taken in, told to the team, and forgotten in time."""

import datetime as dt
import logging
import uuid

from django.conf import settings
from django.db import Error, transaction
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import letters
from enquiries.mail import post
from enquiries.models import DailyCount, Enquiry, Event, Feedback, Try
from enquiries.services import submitted
from enquiries.services.tries import note_try
from programmes.models import ClosureDay
from providers.models import ProviderType

ABOUT_ACCESS = "Accessibility feedback"
SENT = "enquiries:sent"
WEEK = dt.timedelta(days=7)

logger = logging.getLogger(__name__)


def give_feedback(*, route: str, rating: int, comment: str, origin: str) -> Feedback:
    """Keep it. Raises TooMany when one network gives too much."""
    note_try(Try.What.FEEDBACK, origin=origin, about="feedback")
    return Feedback.objects.create(route=route, rating=rating, comment=comment, after_sending=route == SENT)


def tell_of_barrier(
    *, key: uuid.UUID, route: str, text: str, name: str, email: str, telephone: str, origin: str
) -> Enquiry:
    """Somebody could not use a page: an enquiry with its own clock, routed and acknowledged like any other.

    However often it is called with one key, there is one enquiry. Raises TooMany.
    """
    if stored := Enquiry.objects.filter(submit_key=key).first():
        return stored
    note_try(Try.What.FEEDBACK, origin=origin, about="feedback")
    with transaction.atomic():
        return _store(key, route, text, {"contact_name": name, "contact_email": email, "contact_telephone": telephone})


def _store(key: uuid.UUID, route: str, text: str, contact: dict[str, str]) -> Enquiry:
    now = timezone.now()
    due_on = add_working_days(timezone.localdate(now), settings.ACCESSIBILITY_REPLY_DAYS, ClosureDay.objects.days())
    enquiry = Enquiry(
        is_about_access=True,
        submit_key=key,
        organisation=ABOUT_ACCESS,
        provider_type=ProviderType.OTHER,
        message=f"Page: {route or 'not said'}\n\n{text}",
        privacy_version=settings.COUNCIL.privacy.version,
        declared_at=now,
        received_at=now,
        reply_due_on=due_on,
        decision_due_on=due_on,
        reply_is_promised=True,
        **contact,
    )
    enquiry.save(force_insert=True)
    enquiry.record(Event.Kind.RECEIVED, channel=enquiry.channel, digest=submitted.digest_of(enquiry, []))
    routing = letters.routing(enquiry, settings.BUSINESS_FORUM_INBOX, [ABOUT_ACCESS])
    post.write(routing, letters.acknowledgement(enquiry))
    return enquiry


def tell_team() -> None:
    """Once a week, if there is any: how much feedback there is, and where it is read. Nothing of what was written."""
    today = timezone.localdate()
    found = Feedback.objects.between(today - WEEK, today)
    ratings = list(found.values_list("rating", flat=True))
    if ratings:
        written = found.exclude(comment="").count()
        with transaction.atomic():
            post.write(letters.feedback(settings.BUSINESS_FORUM_INBOX, len(ratings), written))


def forget_comments() -> None:
    """After two years. Ratings stay: they are about nobody."""
    Feedback.objects.with_old_comment(timezone.localdate() - Feedback.COMMENT_KEPT).update(comment="")


def count_on_commit(what: str) -> None:
    """One more today, once what happened is stored. What cannot be counted stops nobody."""
    transaction.on_commit(lambda: _count(what), robust=True)


def _count(what: str) -> None:
    try:
        with transaction.atomic():
            DailyCount.objects.add(what, timezone.localdate())
    except Error as error:
        logger.warning("daily_count.not_counted what=%s reason=%s", what, type(error).__name__)
