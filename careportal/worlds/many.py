"""Enquiries in bulk, for measuring: made-up organisations by pattern, spread over states as a busy council's are."""

import datetime as dt
import math
import random
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from careportal.accounts.models import User
from careportal.kit.working_days import DAY, is_working_day
from careportal.worlds import copies
from enquiries.models import Enquiry, Event, Interest, Message, OutgoingMail
from enquiries.models.searching import searched
from programmes.models import ClosureDay, Partner, Programme, Verdict
from providers.models import ProviderType

BATCH, STOCK = 2000, 10_000
YEARS = 6
PLACES = ("Park", "Bridge", "River", "Station", "Orchard", "Mill", "Meadow", "Chapel", "Harbour", "Castle")
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # of the inner part of a postcode
KINDS = ("Care Home", "Homecare", "Nursing Home", "Supported Living", "Day Service", "Extra Care")
MESSAGES = (
    "We would like to know which dates are planned and whether the places are free of charge.",
    "Two of our team leaders would like to take part. Evenings suit us best, because of our rotas.",
    "Please call in the morning. We have had a high turnover this year and need help with recruitment.",
    "",
)
State, Outcome = Enquiry.State, Interest.State


def _districts() -> list[str]:
    """Where services are: postcode districts (outcodes) of the council's area."""
    area = settings.COUNCIL.area
    return [*area.inside, *area.probably][:5]


class NothingToAskFor(Exception):
    """The database lacks what an enquiry is about."""


def open_among(number: int) -> int:
    """How many of so many are open: a team's open work grows slower than its archive. 2 in 100 of a million."""
    return min(number, int(20 * math.sqrt(number)))


def make(number: int, *, told: Callable[[int], object] = lambda done: None, seed: int = 1) -> None:
    """Add so many enquiries, with programmes, mails, messages and history. Beyond the first 10,000 they are copies."""
    maker = Maker(random.Random(seed), open_among(number) / number)  # noqa: S311  nothing secret
    before = Enquiry.objects.aggregate(highest=Max("pk"))["highest"] or 0
    originals = min(number, STOCK)
    for start in range(0, originals, BATCH):
        with transaction.atomic():
            maker.store([maker.enquiry(before + n + 1) for n in range(start, min(start + BATCH, originals))])
        told(min(start + BATCH, originals))
    first, last = _stock(before)
    for start in range(STOCK, number, STOCK):
        with transaction.atomic():
            copies.copy(first, min(last, first + number - start - 1))
        told(min(start + STOCK, number))
    copies.count_on()


def _stock(before: int) -> tuple[int, int]:
    """The numbers of the first and the last of those that were just made."""
    made = Enquiry.objects.filter(pk__gt=before).aggregate(first=Min("pk"), last=Max("pk"))
    return made["first"], made["last"]


class Maker:
    """Makes rows in memory and stores them in bulk. The same seed makes the same, but for references and keys."""

    def __init__(self, chance: random.Random, open_share: float) -> None:
        self.chance, self.open_share = chance, open_share
        self.now = timezone.now()
        self.officers = list(User.objects.who_may("enquiries.change_enquiry").values_list("pk", flat=True))
        self.programmes = list(Programme.objects.all())
        self.partners = list(Partner.objects.values_list("pk", flat=True))
        self.shares = [3, *([1] * (len(self.partners) - 1))]  # one partner has most of the work
        if not (self.officers and self.programmes and self.partners):
            raise NothingToAskFor("There must be an officer, a programme and a partner. Run manage.py set_up first.")
        closed, today = ClosureDay.objects.days(), timezone.localdate()
        days = [today + n * DAY for n in range(-366 * YEARS, 100)]
        self.working = [day for day in days if is_working_day(day, closed)]
        self.after = {day: n for n, day in enumerate(self.working)}

    # --- One enquiry -------------------------------------------------------------------------------------------------

    def enquiry(self, number: int) -> Enquiry:
        chance, is_open = self.chance, self.chance.random() < self.open_share
        received = self._received(is_open)
        reply, decision = self._later(received, 5), self._later(received, 20)
        replied = received + dt.timedelta(days=chance.uniform(0.1, 6)) if not is_open or chance.random() < 0.4 else None
        replied = min(replied, self.now) if replied else None
        state = (
            chance.choices([State.NEW, State.IN_TRIAGE, State.WAITING, State.WITH_PARTNER], [3, 4, 1, 2])[0]
            if is_open
            else State.CLOSED
        )
        replied = None if state == State.NEW else replied
        decided = min(received + dt.timedelta(days=chance.uniform(1, 25)), self.now) if not is_open else None
        place, kind = chance.choice(PLACES), chance.choice(KINDS)
        has_moved = is_open and chance.random() < 0.02
        one = Enquiry(
            channel=chance.choices(["online", "email", "officer"], [8, 1, 1])[0],
            state=state,
            owner_id=None if state == State.NEW else chance.choice(self.officers),
            undelivered=is_open and chance.random() < 0.05,
            submit_key=uuid.uuid4(),
            organisation=f"Made-up {place} {kind} {number}",
            provider_type=chance.choice(ProviderType.values),
            postcode=f"{chance.choice(_districts())} {chance.randint(0, 9)}{''.join(chance.choices(LETTERS, k=2))}",
            area="inside",
            cqc_location_id=f"1-{number:09}",
            register_changes="moved" if has_moved else "",
            register_changed_at=self.now if has_moved else None,
            contact_name=f"Made-up contact {number}",
            contact_email=f"made-up-{number}@example.org",
            contact_telephone=f"+44207946{number % 10_000:04}",
            message=chance.choice(MESSAGES),
            privacy_version="made-up",
            declared_at=received,
            received_at=received,
            reply_due_on=reply,
            decision_due_on=decision,
            replied_at=replied,
            decided_at=decided,
            paused_on=timezone.localdate(max(received, self.now - 3 * DAY)) if state == State.WAITING else None,
        )
        one.search_text = searched(one)
        return one

    def _received(self, is_open: bool) -> dt.datetime:
        """Open ones came lately, the others over the years."""
        days = self.chance.triangular(0, 30, 2) if is_open else self.chance.uniform(15, 366 * YEARS - 40)
        return self.now - dt.timedelta(days=days)

    def _later(self, moment: dt.datetime, working_days: int) -> dt.date:
        day = timezone.localdate(moment)
        while day not in self.after:
            day += DAY
        return self.working[self.after[day] + working_days]

    # --- What belongs to it ------------------------------------------------------------------------------------------

    def store(self, enquiries: list[Enquiry]) -> None:
        Enquiry.objects.bulk_create(enquiries)
        interests = [one for enquiry in enquiries for one in self._interests(enquiry)]
        Interest.objects.bulk_create(interests)
        OutgoingMail.objects.bulk_create(one for enquiry in enquiries for one in self._mails(enquiry))
        Event.objects.bulk_create(one for enquiry in enquiries for one in self._events(enquiry))
        self._messages([one for one in enquiries if self.chance.random() < 0.3 and one.state != State.NEW])

    def _interests(self, enquiry: Enquiry) -> Iterator[Interest]:
        for programme in self.chance.sample(self.programmes, self.chance.choice([1, 1, 1, 2])):
            state = self._outcome(enquiry)
            partner = self.chance.choices(self.partners, self.shares)[0] if state == Outcome.REFERRED else None
            yield Interest(
                enquiry=enquiry,
                programme=programme,
                programme_title=programme.title,
                inbox="made-up@example.org",
                verdict=Verdict.YES,
                state=state,
                referred_to_id=partner,
                referred_at=enquiry.received_at if partner else None,
                waiting_since=enquiry.received_at if state == Outcome.WAITING_LIST else None,
                answer_by=timezone.localdate() + self.chance.randint(0, 3) * DAY if state == Outcome.OFFERED else None,
            )

    def _outcome(self, enquiry: Enquiry) -> str:
        if enquiry.state == State.CLOSED:
            return self.chance.choice([Outcome.COMPLETED, Outcome.COMPLETED, Outcome.WITHDRAWN])
        if enquiry.state == State.WITH_PARTNER:
            return Outcome.REFERRED
        if enquiry.state == State.IN_TRIAGE:
            return self.chance.choices([Outcome.RECEIVED, Outcome.OFFERED, Outcome.WAITING_LIST], [6, 1, 3])[0]
        return Outcome.RECEIVED

    def _mails(self, enquiry: Enquiry) -> Iterator[OutgoingMail]:
        for kind, recipient in (("routing", "made-up@example.org"), ("acknowledgement", enquiry.contact_email)):
            state = "failed" if enquiry.undelivered and kind == "routing" else "sent"
            yield OutgoingMail(
                enquiry=enquiry,
                kind=kind,
                recipient=recipient,
                recipient_key=recipient,
                subject="Made up",
                message_id=f"<made-up-{kind}-{enquiry.reference}@example.org>",
                state=state,
                attempts_made=1,
                sent_at=enquiry.received_at if state == "sent" else None,
                created_at=enquiry.received_at,
                queued_at=enquiry.received_at,
            )

    def _events(self, enquiry: Enquiry) -> Iterator[Event]:
        yield Event(enquiry=enquiry, kind=Event.Kind.RECEIVED, at=enquiry.received_at)
        if enquiry.state != State.NEW:
            yield Event(enquiry=enquiry, kind=Event.Kind.TAKEN, at=enquiry.received_at, by_id=enquiry.owner_id)
        if enquiry.decided_at:
            yield Event(enquiry=enquiry, kind=Event.Kind.CLOSED, at=enquiry.decided_at, by_id=enquiry.owner_id)

    def _messages(self, enquiries: list[Enquiry]) -> None:
        """A question to each of these, and an answer to most."""
        mails = [self._question(enquiry) for enquiry in enquiries]
        OutgoingMail.objects.bulk_create(mails)
        questions = [
            Message(enquiry=mail.enquiry, kind="question", text="Made up?", mail=mail, at=mail.created_at)
            for mail in mails
            if mail.enquiry
        ]
        Message.objects.bulk_create(questions)
        answered = [one for one in questions if self.chance.random() < 0.7]
        Message.objects.bulk_create(
            Message(enquiry_id=one.enquiry_id, kind="answer", text="Made up.", answers=one, at=one.at + DAY / 2)
            for one in answered
        )
        unread = Enquiry.objects.filter(pk__in=[one.enquiry_id for one in answered])
        unread.filter(state__in=[State.IN_TRIAGE, State.WITH_PARTNER]).update(answered_at=self.now)

    def _question(self, enquiry: Enquiry) -> OutgoingMail:
        address: dict[str, Any] = {"recipient": enquiry.contact_email, "recipient_key": enquiry.contact_email}
        return OutgoingMail(
            enquiry=enquiry,
            kind="message",
            subject="Made up",
            message_id=f"<made-up-message-{enquiry.reference}@example.org>",
            state="sent",
            sent_at=enquiry.received_at,
            created_at=enquiry.received_at,
            queued_at=enquiry.received_at,
            **address,
        )
