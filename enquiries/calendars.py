"""A place as a file for calendars (RFC 5545). Groups have days and no hours, so it lasts whole days."""

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as formatted
from icalendar import Calendar, Event

from enquiries.models import Interest
from programmes.models import Intake

DAY = dt.timedelta(days=1)
A_WEEK = 7 * DAY
MEDIA_TYPE = "text/calendar; charset=utf-8"


def of_place(interest: Interest) -> bytes:
    """The file for a place that has a first day. Whoever gets hold of it learns nothing of who takes part."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.COUNCIL.name}//{settings.COUNCIL.service_name}//EN")
    calendar.add("version", "2.0")
    assert interest.offered_intake
    calendar.add_component(_event(interest, interest.offered_intake))
    return calendar.to_ical()


def _event(interest: Interest, group: Intake) -> Event:
    """Always the same UID: a file that is fetched again, after the dates have changed, takes the old one's place.

    Who learns for months does not so every day: then it is only the beginning.
    """
    assert group.starts_on
    last = group.ends_on or group.starts_on
    is_long = last - group.starts_on >= A_WEEK
    event = Event()
    event.add("uid", f"place-{interest.pk}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", group.starts_on)
    event.add("dtend", (group.starts_on if is_long else last) + DAY)
    event.add("summary", f"{interest.name_in_letters}: first day" if is_long else interest.name_in_letters)
    event.add("description", _description(interest, group, last if is_long else None))
    if group.place:
        event.add("location", group.place)
    event.add("transp", "TRANSPARENT")
    return event


def _description(interest: Interest, group: Intake, last: dt.date | None) -> str:
    contact = settings.COUNCIL.contact
    lines = [
        f"Group: {group.title}",
        f"Ends: {formatted(last, 'l j F Y')}" if last else "",
        f"Your reference: {interest.enquiry.reference}",
        f"Questions, or you cannot come? Call {contact.telephone} or write to {contact.email}.",
    ]
    return "\n".join(filter(None, lines))
