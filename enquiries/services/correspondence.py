"""What the council and the provider write to each other. Each is a named step, and leaves a message that stays."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from careportal.kit.working_days import is_working_day
from enquiries import letters_provider as letters
from enquiries import quiet
from enquiries.exceptions import AnsweredAlready, TransitionNotAllowed
from enquiries.mail import post
from enquiries.models import Enquiry, Event, Interest, Message, OutgoingMail
from enquiries.services import second_contact
from enquiries.services.meanwhile import refuse_if_changed
from programmes.models import ClosureDay

if TYPE_CHECKING:
    from careportal.accounts.models import User

Kind = Message.Kind
_K = Event.Kind
STORY = [_K.WRITTEN, _K.ASKED, _K.ANSWERED, _K.REMINDED, _K.TAKEN, _K.TAKEN_OVER, _K.WAITING, _K.RESUMED, _K.CLOSED]
STORY += [_K.DECLINED, _K.NOT_ELIGIBLE, _K.CORRECTED, _K.OFFERED, _K.WITH_PARTNER, _K.REOPENED]


@transaction.atomic
def write_to_provider(*, enquiry_id: int, officer: "User", text: str, shown: str = "") -> Message:
    """Send the provider a message. The first one stops the clock of the first reply."""
    enquiry = locked_as_shown(enquiry_id, officer, shown)
    enquiry.note_letter()
    message = write_letter(enquiry, Kind.REPLY, text, by=officer)
    enquiry.save(update_fields=Enquiry.CLOCKS)
    enquiry.record(Event.Kind.WRITTEN, by=officer, message=message.pk)
    return message


@transaction.atomic
def ask_provider(
    *, enquiry_id: int, officer: "User", text: str, answer_by: dt.date, urgent: bool = False, shown: str = ""
) -> Message:
    """Ask for information until a working day. The clocks stand still until the answer comes.

    One of the quiet days is asked for only if it is urgent, and then the history says so (N21).
    """
    if answer_by <= timezone.localdate() or not is_working_day(answer_by, ClosureDay.objects.days()):
        raise TransitionNotAllowed("Choose a working day to come for the answer.")
    if quiet.is_quiet(answer_by) and not urgent:
        raise TransitionNotAllowed(f"Choose a later day, or say that it is urgent: {quiet.why(answer_by)}.")
    enquiry = locked_as_shown(enquiry_id, officer, shown)
    enquiry.refuse_unless_in_hand()
    before = enquiry.state
    enquiry.note_letter()
    enquiry.wait_for_provider()
    message = write_letter(enquiry, Kind.QUESTION, text, by=officer, answer_by=answer_by)
    _add_address(message)
    enquiry.save(update_fields=["state", *Enquiry.CLOCKS])
    enquiry.record(Event.Kind.ASKED, by=officer, message=message.pk)
    enquiry.record(Event.Kind.WAITING, by=officer, before=before, after=enquiry.state)
    if quiet.is_quiet(answer_by):
        enquiry.record(Event.Kind.URGENT, by=officer, message=message.pk, what="answer_by", until=f"{answer_by}")
    return message


@transaction.atomic
def receive_answer(*, question_id: int, text: str) -> Message:
    """Keep the provider's answer, once. Raises AnsweredAlready, and TransitionNotAllowed when the enquiry is closed.

    The same answer sent twice, by a double click, is the same answer.
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(messages=question_id)
    earlier = Message.objects.filter(answers=question_id).first()
    if earlier and earlier.text == text:
        return earlier
    if earlier:
        raise AnsweredAlready("You have answered this question already.")
    before = enquiry.state
    enquiry.receive_answer()
    enquiry.save(update_fields=["state", *Enquiry.CLOCKS])
    answer = Message.objects.create(enquiry=enquiry, kind=Kind.ANSWER, text=text, answers_id=question_id)
    enquiry.record(Event.Kind.ANSWERED, message=answer.pk)
    if before != enquiry.state:
        enquiry.record(Event.Kind.RESUMED, before=before, after=enquiry.state)
    return answer


def write_letter(
    enquiry: Enquiry,
    kind: Message.Kind,
    said: str,
    *,
    by: "User | None",
    interest: Interest | None = None,
    answer_by: dt.date | None = None,
    address: str = "",
) -> Message:
    """The message and its mail, in the transaction around it, in which the enquiry's row is locked."""
    sent = enquiry.mails.filter(kind=OutgoingMail.Kind.MESSAGE, recipient=enquiry.contact.email).count()
    text = letters.whole(enquiry, said, answer_by=answer_by, address=address)
    (mail,) = post.write(letters.letter(enquiry, text, number=sent + 1))
    if kind != Kind.QUESTION:  # of which the address is written only when it is stored
        second_contact.copy(mail)
    return Message.objects.create(
        enquiry=enquiry, kind=kind, interest=interest, by=by, text=said, answer_by=answer_by, mail=mail
    )


def shown_as(enquiry: Enquiry) -> str:
    """What a page showed when it offered to write: the state, the owner, and the newest message."""
    newest = enquiry.messages.order_by("-pk").values_list("pk", flat=True).first()
    return f"{enquiry.shown_as}-{newest or 0}"


def _add_address(question: Message) -> None:
    """The address names the question, which must be stored first."""
    assert question.mail
    address = letters.answer_address(question.pk)
    question.mail.text = letters.whole(question.enquiry, question.text, answer_by=question.answer_by, address=address)
    question.mail.save(update_fields=["text"])
    second_contact.copy(question.mail)


def locked_as_shown(enquiry_id: int, officer: "User", shown: str) -> Enquiry:
    """The enquiry. Refused when anything was written or changed since the page was opened: a double click, too."""
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
    story = enquiry.events.filter(kind__in=STORY)
    refuse_if_changed(enquiry, shown, story, officer, now=shown_as(enquiry))
    return enquiry
