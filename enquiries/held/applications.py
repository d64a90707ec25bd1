"""Applications of whoever reads an address: what they typed, what was written to them, who was given it, who saw it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from careportal.accounts.roles import Role
from careportal.kit.components import SummaryRow
from enquiries import standing
from enquiries.application.forms import WHEN_TO_CALL
from enquiries.held.parts import MOST, Item, Part, Row, part, rows
from enquiries.models import Enquiry, Event, Interest, Message
from programmes.models import Partner, SharedField

Period = tuple[dt.datetime | None, dt.datetime | None]
OF_THE_PERSON = {"Contact details", "Your message", "Your email"}
PASSED_ON = [Event.Kind.REFERRED, Event.Kind.OPENED]
MOST_VIEWS = 2000


@dataclass
class Around:
    """What is looked up once for all applications."""

    passed_on: dict[int, list[Event]] = field(default_factory=dict)
    partners: dict[int, str] = field(default_factory=dict)
    views: dict[int, list[tuple[dt.datetime, str]]] = field(default_factory=dict)


def applications(address: str) -> Part:
    """Those whose contact the person is, or was: then only of that time."""
    found = Enquiry.objects.reached_at(address).order_by("-received_at", "-pk")
    enquiries = list(_with_all(found)[:MOST])
    around = _around([one.pk for one in enquiries])
    items = [_item(one, address, around) for one in enquiries]
    return part("applications", "Applications and messages", items, found.count())


def _with_all(found: "QuerySet[Enquiry]") -> "QuerySet[Enquiry]":
    said = Message.objects.known_to_provider()
    decided = Prefetch("messages", said.filter(kind=Message.Kind.DECISION), to_attr="decisions")
    interests = Interest.objects.select_related("offered_intake").prefetch_related(
        decided, "outcomes", "intake_answers"
    )
    told = Prefetch("messages", said, to_attr="said_to_provider")
    return found.prefetch_related(Prefetch("interests", interests), told, "attachments", "contact_versions")


def _around(numbers: list[int]) -> Around:
    events = Event.objects.filter(enquiry__in=numbers, kind__in=PASSED_ON)
    passed_on = _grouped((one.enquiry_id, one) for one in events)
    partners = {one.detail.get("partner") for one in events}
    opened = AuditEntry.objects.filter(kind=AuditEntry.Kind.OPENED, row__gt=0)  # as the index says
    seen = opened.filter(about="enquiries.enquiry", row__in=numbers)
    views = seen.order_by("-at").values_list("row", "at", "by__role")[:MOST_VIEWS]
    return Around(
        passed_on,
        dict(Partner.objects.filter(pk__in=[one for one in partners if one]).values_list("pk", "name")),
        _grouped((row, (at, role or "")) for row, at, role in views),
    )


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _item(enquiry: Enquiry, address: str, around: Around) -> Item:
    periods = periods_of(enquiry, address)
    found = [
        *rows(("Received", enquiry.received_at), ("How it came", enquiry.get_channel_display())),
        *(_stands(enquiry) if enquiry.contact.email.lower() == address else []),
        *_typed(enquiry, address),
        *_contact(enquiry, address),
        *_said(enquiry, periods),
        *_passed_on(around, enquiry, periods),
        *_views(around.views.get(enquiry.pk, []), periods),
    ]
    what = "A page that you could not use" if enquiry.is_about_access else "Application"
    return Item(f"{what} {enquiry.reference}", found)


def _stands(enquiry: Enquiry) -> Iterator[Row]:
    """For whoever is written to now. It is no business any more of somebody who has left."""
    yield Row("State", enquiry.get_state_display())
    yield from (Row(f"Where it stands: {name}", word) for name, word in standing.in_short(enquiry))
    for interest in enquiry.interests.all():
        yield from rows((f"{interest.name}: why you withdrew it", interest.get_why_withdrawn_display()))


def periods_of(enquiry: Enquiry, address: str) -> list[Period]:
    """From when to when the person was the one whom we wrote to. Without an end: still."""
    steps = [(enquiry.contact_email, None), *((one.email, one.at) for one in enquiry.contact_versions.all())]
    ends = [*(at for _, at in steps[1:]), None]
    return [(at, end) for (email, at), end in zip(steps, ends, strict=True) if email.lower() == address]


def _was_theirs(at: dt.datetime, periods: list[Period]) -> bool:
    return any((since is None or since <= at) and (until is None or at < until) for since, until in periods)


def _typed(enquiry: Enquiry, address: str) -> Iterator[Row]:
    """What was sent; the parts about a person only where it was this one who sent them."""
    sections = [answers for title, answers in standing.answers(enquiry) if title not in OF_THE_PERSON]
    if enquiry.contact_email.lower() == address:
        call_times = enquiry.call_times_said if enquiry.has_call_times else ""
        sections.append(standing.contact_rows(enquiry.sent_contact))
        sections.append([SummaryRow("Message", enquiry.message), SummaryRow(WHEN_TO_CALL, call_times)])
    for answers in sections:
        yield from (Row(one.key, one.value) for one in answers if one.value not in ("", None))


def _contact(enquiry: Enquiry, address: str) -> Iterator[Row]:
    for one in enquiry.contact_versions.all():
        if one.email.lower() == address:
            said = ", ".join(part for part in (one.name, one.email, one.telephone) if part)
            yield Row(f"Contact details since {timezone.localdate(one.at):%-d %B %Y}", said)


def _said(enquiry: Enquiry, periods: list[Period]) -> Iterator[Row]:
    for one in enquiry.said_to_provider:  # type: ignore[attr-defined]  # see _with_all
        if _was_theirs(one.at, periods):
            yield Row(f"{one.get_kind_display()}, {timezone.localdate(one.at):%-d %B %Y}", one.text)
    for document in enquiry.attachments.all():
        if _was_theirs(document.at, periods):
            yield Row(f"Document, {timezone.localdate(document.at):%-d %B %Y}", document.name)
    for interest in enquiry.interests.all():
        for answer in interest.outcomes.all():
            if answer.answered_at and _was_theirs(answer.answered_at, periods):
                yield from (Row(f"{interest.name}: {what}", said) for what, said in answer.told)
        for changed in interest.intake_answers.all():
            if changed.answered_at and _was_theirs(changed.answered_at, periods):
                yield Row(f"{interest.name}: what you said to a change of its group", changed.get_answer_display())


def _passed_on(around: Around, enquiry: Enquiry, periods: list[Period]) -> Iterator[Row]:
    for event in around.passed_on.get(enquiry.pk, []):
        if _was_theirs(event.at, periods):
            name = around.partners.get(event.detail.get("partner", 0), "A partner")
            day = f"{timezone.localdate(event.at):%-d %B %Y}"
            if event.kind == Event.Kind.OPENED:
                yield Row(f"Opened by the partner, {day}", name)
            else:
                yield Row(f"Passed to a partner, {day}", f"{name}: {fields_in_words(event.detail.get('shared', []))}")


def fields_in_words(codes: Iterable[str]) -> str:
    known = [str(one.label).lower() for one in SharedField if one in codes]
    return ", ".join(known) or "no details"


def _views(views: list[tuple[dt.datetime, str]], periods: list[Period]) -> Iterator[Row]:
    """Who opened it: no names, but which role, on which day, how often."""
    counted = Counter((timezone.localdate(at), role) for at, role in views if _was_theirs(at, periods))
    for (day, role), times in sorted(counted.items()):
        who = str(Role(role).label) if role else "A former officer"
        yield Row(f"Opened in the council, {day:%-d %B %Y}", f"{who}, {times} {'time' if times == 1 else 'times'}")
