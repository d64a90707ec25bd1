"""What each kind of export holds: its columns, in their order, and what stands in them. Pages name the same columns."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from careportal.kit.exports import Cell
from careportal.kit.templatetags.govuk import spaced
from careportal.kit.working_days import working_days_between
from enquiries import queries
from enquiries.models import Enquiry, Export, Interest, OutgoingMail
from enquiries.models.site import titles_of
from programmes.models import ClosureDay

AT_ONCE = 500
UNSEEN = ("message", "search_text", "submit_key", "origin")


@dataclass(frozen=True)
class Table:
    """A kind of export: its columns, the rows that an enquiry makes, and all that they need in few queries."""

    columns: dict[str, Callable[[Any], Cell]]
    rows_of: Callable[[Enquiry], Iterable[Any]]
    count: Callable[["QuerySet[Enquiry]"], int]
    with_all: Callable[["QuerySet[Enquiry]"], "QuerySet[Enquiry]"]

    @property
    def header(self) -> list[str]:
        return list(self.columns)

    def rows(self, found: "QuerySet[Enquiry]") -> Iterator[list[Cell]]:
        """Row after row, in the order of the list, whatever their number: only a few are in memory."""
        for enquiry in self.with_all(found).iterator(chunk_size=AT_ONCE):
            for one in self.rows_of(enquiry):
                yield [cell(one) for cell in self.columns.values()]


class Waiting:
    """How many working days an open enquiry has waited. Closure days are read once for a whole table."""

    def __init__(self) -> None:
        self.today = timezone.localdate()
        self.known: dict[dt.date, int] = {}

    @cached_property
    def closed(self) -> frozenset[dt.date]:
        return ClosureDay.objects.days()

    def days(self, enquiry: Enquiry) -> int | None:
        if enquiry.state == Enquiry.State.CLOSED:
            return None
        came_on = timezone.localdate(enquiry.received_at)
        if came_on not in self.known:
            self.known[came_on] = working_days_between(came_on, self.today, self.closed)
        return self.known[came_on]


def table_of(what: str) -> Table:
    return _enquiries() if what == Export.What.ENQUIRIES else _programmes()


def _enquiries() -> Table:
    """As the list shows them."""
    waiting = Waiting()
    columns: dict[str, Callable[[Enquiry], Cell]] = {
        "Reference": lambda one: one.reference,
        "Provider": lambda one: one.called,
        "Programmes": lambda one: "; ".join(titles_of(one.interests.all())),
        "State": lambda one: one.get_state_display(),
        "Owner": lambda one: str(one.owner or ""),
        "Received": lambda one: one.received_at,
        "Waiting (working days)": waiting.days,
        "Due": lambda one: one.next_due_on,
        "Mail": _mail,
    }
    return Table(columns, lambda enquiry: [enquiry], lambda found: found.order_by().count(), _with_mails)


def _programmes() -> Table:
    """One row for each programme asked for: with whom to speak, and what became of it."""
    columns: dict[str, Callable[[Interest], Cell]] = {
        "Reference": lambda one: one.enquiry.reference,
        "Received": lambda one: one.enquiry.received_at,
        "Came in": lambda one: one.enquiry.get_channel_display(),
        "Provider": lambda one: one.enquiry.organisation,
        "Kind of care": lambda one: one.enquiry.get_provider_type_display(),
        "Postcode": lambda one: one.enquiry.postcode,
        "Area": lambda one: one.enquiry.get_area_display(),
        "CQC location": lambda one: one.enquiry.cqc_location_id,
        "Gives care": lambda one: one.enquiry.get_place_of_care_display(),
        "Staff": lambda one: one.enquiry.get_size_band_display(),
        "Contact": lambda one: one.enquiry.contact.name,
        "Email": lambda one: one.enquiry.contact.email,
        "Telephone": lambda one: spaced(one.enquiry.contact.telephone),
        "When to call": lambda one: one.enquiry.call_times_said if one.enquiry.contact.telephone else "",
        "State of the enquiry": lambda one: one.enquiry.get_state_display(),
        "Owner": lambda one: str(one.enquiry.owner or ""),
        "Programme": lambda one: one.programme_title,
        "Site": lambda one: one.site_name,
        "Postcode of the site": lambda one: one.site_postcode,
        "Places wanted": lambda one: one.places,
        "Outcome": lambda one: one.get_state_display(),
        "Reason": lambda one: one.get_reason_display(),
        "Fits by the rules": lambda one: one.get_verdict_display(),
        "Referred to": lambda one: str(one.referred_to or ""),
        "Referred": lambda one: one.referred_at,
        "Group": lambda one: str(one.offered_intake or one.intake or ""),
        "First reply due": lambda one: one.enquiry.reply_due_on,
        "First reply": lambda one: one.enquiry.replied_at,
        "Decision due": lambda one: one.enquiry.decision_due_on,
        "Decided": lambda one: one.enquiry.decided_at,
        "Answers": lambda one: "\n".join(f"{question} {answer}" for question, answer in one.answers),
    }
    return Table(columns, _interests, _count_interests, _with_interests)


def _mail(enquiry: Enquiry) -> str:
    state = queries.worst_state({mail.state for mail in enquiry.mails.all()})
    return str(OutgoingMail.State(state).label) if state else ""


def _interests(enquiry: Enquiry) -> Iterator[Interest]:
    for interest in enquiry.interests.all():
        interest.enquiry = enquiry
        yield interest


def _count_interests(found: "QuerySet[Enquiry]") -> int:
    return Interest.objects.filter(enquiry__in=found.order_by().values("pk")).count()


def _with_mails(found: "QuerySet[Enquiry]") -> "QuerySet[Enquiry]":
    mails = OutgoingMail.objects.only("pk", "enquiry_id", "state", "kind")
    titles = Interest.objects.only("pk", "enquiry_id", "programme_title")
    return (
        found.select_related("owner")
        .defer(*UNSEEN)
        .prefetch_related(Prefetch("interests", titles), Prefetch("mails", mails))
    )


def _with_interests(found: "QuerySet[Enquiry]") -> "QuerySet[Enquiry]":
    interests = Interest.objects.select_related("referred_to", "offered_intake", "intake")
    return (
        found.select_related("owner")
        .defer(*UNSEEN)
        .prefetch_related(Prefetch("interests", interests), "contact_versions")
    )
