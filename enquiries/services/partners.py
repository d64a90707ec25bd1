"""What a partner does with its referrals: on its pages, by a code from its mailbox, or by a spreadsheet.

Each is a named step of whoever acts for the partner. Somebody else's referral is refused as one that is not there is.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from enquiries import letters_referrals as letters
from enquiries.exceptions import ChangedMeanwhile, NotYours, TransitionNotAllowed
from enquiries.mail import post
from enquiries.models import Attendance, Enquiry, Event, Interest, Message
from enquiries.services.correspondence import write_letter
from enquiries.services.hearing import refuse_too_many
from enquiries.services.interests import carry_out, locked
from programmes.models import Intake

if TYPE_CHECKING:
    from careportal.accounts.models import User

MESSAGES_PER_HOUR = 10
PAGE, CODE, FILE = "page", "code", "file"


@dataclass(frozen=True)
class Acting:
    """Whoever acts for partners: a person of theirs, or nobody but a mailbox that proved itself by a code."""

    partners: frozenset[int]
    by: "User | None" = None
    via: str = PAGE

    @property
    def detail(self) -> dict[str, str]:
        """For the history, which shows a person where there is one."""
        return {"via": self.via, **({} if self.by else {"by": "partner"})}


@transaction.atomic
def acknowledge(*, interest_id: int, acting: Acting, shown: str = "") -> Interest:
    """The partner has seen it. The moment is kept, and nobody is reminded any more."""
    interest, _ = _locked(interest_id, acting, shown)
    return _carry_out(interest, acting, interest.acknowledge, Event.Kind.ACKNOWLEDGED)


@transaction.atomic
def invite(
    *, interest_id: int, acting: Acting, day: dt.date, time: str, place: str, more: str = "", shown: str = ""
) -> Interest:
    """Write to the provider through the portal: no address is shown. The words are kept as they were sent."""
    interest, _ = _locked(interest_id, acting, shown)
    refuse_too_many(interest.enquiry, Event.Kind.INVITED, MESSAGES_PER_HOUR)
    interest.invite(day=day)
    _save(interest)
    said = letters.invitation(interest, day=day, time=time, place=place, more=more)
    message = write_letter(interest.enquiry, Message.Kind.INVITATION, said, by=acting.by, interest=interest)
    _record(interest, acting, Event.Kind.INVITED, message=message.pk, on=f"{day}")
    return interest


@transaction.atomic
def enrol_by_partner(*, interest_id: int, acting: Acting, intake_id: int | None = None, shown: str = "") -> Interest:
    """Give them a place and tell them. The database keeps the number of places: raises GroupIsFull."""
    interest, asked = _locked(interest_id, acting, shown, intake_id)
    group = interest.offered_intake or asked
    told = {"intake": group and group.pk}
    _carry_out(interest, acting, lambda: interest.enrol_by_partner(group), None, **told)
    write_letter(interest.enquiry, Message.Kind.DECISION, letters.enrolled(interest), by=acting.by, interest=interest)
    return interest


@transaction.atomic
def note_attendance(*, interest_id: int, acting: Acting, on: dt.date, shown: str = "") -> Attendance:
    """They attended on this day. Said twice, it is one day."""
    interest, _ = _locked(interest_id, acting, shown)
    interest.refuse_unless_attended(on)
    attendance, is_new = Attendance.objects.get_or_create(
        interest=interest, on=on, defaults={"by": acting.by, "via": acting.via}
    )
    if is_new:
        _record(interest, acting, Event.Kind.ATTENDED, on=f"{on}")
    return attendance


@transaction.atomic
def complete_by_partner(*, interest_id: int, acting: Acting, shown: str = "") -> Interest:
    interest, _ = _locked(interest_id, acting, shown)
    return _carry_out(interest, acting, interest.complete_by_partner, None)


@transaction.atomic
def drop_out(*, interest_id: int, acting: Acting, because: str, shown: str = "") -> Interest:
    """They take part no more. Their place is free, and they are told what the partner said."""
    interest, _ = _locked(interest_id, acting, shown)
    _carry_out(interest, acting, lambda: interest.drop_out(because=because), Event.Kind.DROPPED_OUT, reason=because)
    if interest.enquiry.state != Enquiry.State.CLOSED:
        said = letters.dropped_out(interest)
        write_letter(interest.enquiry, Message.Kind.REPLY, said, by=acting.by, interest=interest)
    return interest


@transaction.atomic
def give_back(*, interest_id: int, acting: Acting, because: str, text: str = "", shown: str = "") -> Interest:
    """Back to the council, with a reason that its officers see. Another reason needs words."""
    interest, _ = _locked(interest_id, acting, shown)
    if because == "other" and not text.strip():
        raise TransitionNotAllowed("Say in a few words why you give it back.")
    enquiry = interest.enquiry

    def hand_back() -> None:
        interest.give_back(because=because)
        enquiry.hear_from_partner(is_with_another=interest.has_others_referred)

    before, partner_id = enquiry.state, interest.referred_to_id
    _carry_out(interest, acting, hand_back, Event.Kind.GIVEN_BACK, reason=because, partner=partner_id)
    if before != enquiry.state:
        enquiry.save(update_fields=["state"])
        enquiry.record(Event.Kind.RESUMED, before=before, after=enquiry.state)
    if text.strip():
        _keep_words(interest, acting, text)
    return interest


@transaction.atomic
def ask_council(*, interest_id: int, acting: Acting, text: str, shown: str = "") -> Message:
    """A question to the council. It is kept with the enquiry, and the inbox is told that it is there.

    The same words twice in a row, by a double click, are the same question.
    """
    interest, _ = _locked(interest_id, acting, shown)
    enquiry = interest.enquiry
    newest = enquiry.messages.order_by("-pk").first()
    if newest and newest.kind == Message.Kind.PARTNER and newest.text == text:
        return newest
    refuse_too_many(enquiry, Event.Kind.PARTNER_WROTE, MESSAGES_PER_HOUR)
    enquiry.note_answer_of_provider()
    enquiry.save(update_fields=Enquiry.CLOCKS)
    post.write(letters.asked(interest))
    return _keep_words(interest, acting, text)


def _keep_words(interest: Interest, acting: Acting, text: str) -> Message:
    enquiry = interest.enquiry
    message = Message.objects.create(
        enquiry=enquiry, interest=interest, kind=Message.Kind.PARTNER, by=acting.by, text=text.strip()
    )
    _record(interest, acting, Event.Kind.PARTNER_WROTE, message=message.pk)
    return message


def _locked(
    interest_id: int, acting: Acting, shown: str, intake_id: int | None = None
) -> tuple[Interest, Intake | None]:
    """The referral, locked, as long as it is one of theirs and is what the page showed."""
    if not _mine(acting).filter(pk=interest_id).exists():
        raise NotYours
    interest, intake = locked(interest_id, intake_id)
    if not _mine(acting).filter(pk=interest_id).exists():
        raise NotYours
    if shown and shown != interest.partner_sees:
        raise ChangedMeanwhile("This referral changed after you opened the page. Nothing was done. Look at it again.")
    return interest, intake


def _mine(acting: Acting) -> "QuerySet[Interest]":
    return Interest.objects.seen_by(acting.partners)


def _carry_out(
    interest: Interest, acting: Acting, change: Callable[[], None], kind: Event.Kind | None, **detail: Any
) -> Interest:
    told = {"partner": interest.referred_to_id, **acting.detail, **detail}
    return carry_out(interest, acting.by, change, kind=kind, reads=False, **told)


def _save(interest: Interest) -> None:
    interest.save(update_fields=Interest.REFERRAL)


def _record(interest: Interest, acting: Acting, kind: Event.Kind, **detail: Any) -> None:
    partner = interest.referred_to_id or interest.given_back_by_id
    told = {"interest": interest.pk, "partner": partner, **acting.detail, **detail}
    Event.objects.create(enquiry=interest.enquiry, kind=kind, by=acting.by, detail=told)
