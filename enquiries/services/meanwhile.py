"""Two officers at one enquiry: a step from a page that showed another state is refused, with what happened since."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateformat import format as formatted

from enquiries.exceptions import ChangedMeanwhile
from enquiries.models import Enquiry, Event, Interest

if TYPE_CHECKING:
    from careportal.accounts.models import User


def refuse_if_changed(
    row: Enquiry | Interest, shown: str, story: "QuerySet[Event]", officer: "User", now: str = ""
) -> None:
    """`shown` is what the page said when it was opened; empty, when the step does not come from a page.

    `now` is what it would say at present, where that is more than the row's own `shown_as`.
    """
    if shown and shown != (now or row.shown_as):
        last = story.select_related("by").order_by("at", "pk").last()
        raise ChangedMeanwhile(
            f"{row} changed after you opened the page{_told(last, officer)}. Nothing was done. Look at it again first."
        )


def _told(event: Event | None, officer: "User") -> str:
    if event is None:
        return ""
    by = "you" if event.by == officer else event.by or "the portal itself"
    return f": {event}, by {by}, at {formatted(timezone.localtime(event.at), 'H:i')}"
