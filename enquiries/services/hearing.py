"""The provider did something on the page of its application: whoever works on it is told, in the same transaction."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from enquiries import letters
from enquiries.exceptions import TooMany
from enquiries.mail import post
from enquiries.models import Enquiry, Event, OutgoingMail

HOUR = 3600


def note_news(enquiry: Enquiry, what: str, *, came_to: str = "") -> None:
    """To be called with the enquiry locked: it waits for an officer, and each of its inboxes gets a mail.

    But for the one that it came to by mail: there it lies. One that asks for no programme is the business forum's.
    """
    before = enquiry.state
    enquiry.hear_from_provider()
    enquiry.save(update_fields=["state", *Enquiry.CLOCKS])
    if before != enquiry.state:
        enquiry.record(Event.Kind.RESUMED, before=before, after=enquiry.state)
    inboxes = list(enquiry.interests.order_by("inbox").values_list("inbox", flat=True).distinct())
    told = [inbox for inbox in inboxes or [settings.BUSINESS_FORUM_INBOX] if inbox != came_to]
    post.write(*(letters.news(enquiry, inbox, what, _number(enquiry, inbox)) for inbox in told))


def refuse_too_many(enquiry: Enquiry, kind: Event.Kind, most: int) -> None:
    """At most so many of a kind in an hour, for one enquiry. Its row is locked, so many at once count as well."""
    since = timezone.now() - dt.timedelta(seconds=HOUR)
    if enquiry.events.filter(kind=kind, at__gt=since).count() >= most:
        raise TooMany("That was a lot within an hour. Nothing was stored. You can also call us.", retry_after=HOUR)


def _number(enquiry: Enquiry, inbox: str) -> int:
    return OutgoingMail.objects.filter(enquiry=enquiry, kind=OutgoingMail.Kind.NEWS, recipient=inbox).count() + 1
