"""What the officers' queue shows, in few queries whatever its length: choices, one page of rows, and how many."""

import datetime as dt
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from careportal.accounts.models import User
from careportal.kit.working_days import DAY, is_working_day
from enquiries import queries
from enquiries.models import Enquiry, Interest, OutgoingMail, SavedView
from enquiries.models.enquiry import EnquiryQuerySet
from programmes.models import ClosureDay, Partner, Programme

PAGE_LENGTH = 50
COUNTED_AT_MOST = 500  # so that a filter that has to look into each enquiry's programmes stays as quick
_COLUMNS = (
    "reference",
    "organisation",
    "state",
    "received_at",
    "undelivered",
    "owner__name",
    "owner__email",
    "answered_at",
    "register_changed_at",
    "is_incomplete",
    "contact_telephone",
    *Enquiry.CALL_TIMES,
)


# --- What can be chosen --------------------------------------------------------------------------------------------


@dataclass
class Known:
    """What the page knows besides its rows: who could own, programmes, partners, this officer's views, closure days."""

    owner: list[tuple[str, str]] = field(default_factory=list)
    programme: list[tuple[str, str]] = field(default_factory=list)
    partner: list[tuple[str, str]] = field(default_factory=list)
    view: list[tuple[str, str]] = field(default_factory=list)
    closed: list[dt.date] = field(default_factory=list)


def known(officer: User) -> Known:
    """All of it in one query."""
    owners = User.objects.who_may("enquiries.change_enquiry")
    parts = [
        _part("owner", owners, F("name"), F("email")),
        _part("programme", Programme.objects.all(), F("title"), Value("")),
        _part("partner", Partner.objects.all(), F("name"), Value("")),
        _part("view", SavedView.objects.of(officer), F("name"), F("query")),
        _part("closed", ClosureDay.objects.all(), F("on"), Value("")),
    ]
    found = Known()
    rows = parts[0].union(*parts[1:], all=True)
    for what, number, text, more in sorted(rows, key=lambda row: ((row[2] or row[3]).casefold(), row[1])):
        if what == "closed":
            found.closed.append(dt.date.fromisoformat(text))
        elif what == "view":
            found.view.append((text, more))
        else:
            getattr(found, what).append((str(number), text or more))
    return found


def _part(what: str, rows: "QuerySet[Any]", text: Any, more: Any) -> "QuerySet[Any, Any]":
    texts = {"text_": Cast(text, TextField()), "more_": Cast(more, TextField())}
    return rows.order_by().annotate(what_=Value(what), **texts).values_list("what_", "pk", "text_", "more_")


# --- One page ------------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """An enquiry in the list. `waiting` is in working days, while it is open."""

    enquiry: Enquiry
    programmes: list[str]
    mail_state: str
    waiting: int | None


def page_of(found: EnquiryQuerySet, number: str) -> "Page[Enquiry]":
    """A page and the count, up to a limit. No number is the first page; one too far, the last.

    What is found is looked for once, as bare numbers; whole rows are fetched for the page alone.
    """
    numbers: list[Any] = list(found.values_list("pk", flat=True)[:COUNTED_AT_MOST])
    page = Paginator(numbers, PAGE_LENGTH).get_page(number if re.fullmatch("0*[1-9][0-9]*", number) else 1)
    rows = shown_of(Enquiry.objects.all()).in_bulk(list(page))
    page.object_list = [rows[pk] for pk in page if pk in rows]
    return page


def shown_of(found: EnquiryQuerySet) -> EnquiryQuerySet:
    """Only the columns that a row shows."""
    return found.select_related("owner").only(*_COLUMNS, "next_due_on", "paused_on")


def rows_of(enquiries: Iterable[Enquiry], closed: Collection[dt.date]) -> list[Row]:
    """What the list shows of these, in one query."""
    shown = list(enquiries)
    programmes, mails = _details([enquiry.pk for enquiry in shown])
    waited = _waited(shown, closed)
    return [Row(one, programmes[one.pk], queries.worst_state(mails[one.pk]), waited.get(one.pk)) for one in shown]


def _details(numbers: list[int]) -> tuple[dict[int, list[str]], dict[int, set[str]]]:
    """The programmes and the states of the mails of each."""
    programmes: dict[int, list[str]] = defaultdict(list)
    mails: dict[int, set[str]] = defaultdict(set)
    interests = _of_each("programme", Interest.objects.filter(enquiry__in=numbers), "programme_title")
    states = _of_each("mail", OutgoingMail.objects.filter(enquiry__in=numbers), "state")
    for what, _, enquiry, text in sorted(interests.union(states, all=True)):
        if what == "programme":
            programmes[enquiry] += [] if text in programmes[enquiry] else [text]  # once, for all its sites
        else:
            mails[enquiry].add(text)
    return programmes, mails


def _of_each(what: str, rows: "QuerySet[Any]", column: str) -> "QuerySet[Any, Any]":
    text = Cast(column, CharField(max_length=200))
    return rows.order_by().annotate(what_=Value(what), text_=text).values_list("what_", "pk", "enquiry_id", "text_")


def _waited(enquiries: list[Enquiry], closed: Collection[dt.date]) -> dict[int, int]:
    """For how many working days each open one has been here; the calendar is gone through once."""
    came = {one.pk: timezone.localdate(one.received_at) for one in enquiries if one.state != Enquiry.State.CLOSED}
    if not came:
        return {}
    first, today = min(came.values()), timezone.localdate()
    days = [first + number * DAY for number in range((today - first).days + 1)]
    working = [day for day in days if is_working_day(day, closed)]
    return {pk: len(working) - bisect_right(working, day) for pk, day in came.items()}
