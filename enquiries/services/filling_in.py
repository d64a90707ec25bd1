"""An enquiry that came by email is filled in, by its provider or by an officer. From then on it is as any other."""

from typing import TYPE_CHECKING, Any

from django.db import transaction

from enquiries import letters_filling_in as letters
from enquiries.application.reading import read_in
from enquiries.exceptions import TransitionNotAllowed
from enquiries.mail import post
from enquiries.models import Draft, Enquiry, Event, Interest, Message
from enquiries.services import submitted
from enquiries.services.correspondence import write_letter
from enquiries.services.hearing import note_news
from enquiries.services.storing import closed_along, fields_of, interests_of, routing_of, wanted_in

if TYPE_CHECKING:
    from careportal.accounts.models import User

_KEPT = {"origin", "provider_id", "contact_email", "message"}  # as they came with the email


@transaction.atomic
def begin_filling_in(*, enquiry_id: int, owner: str, origin: str) -> Draft:
    """The application that fills in this enquiry, with what we read in the email. There is one: a second start goes
    on with it, in the browser that proved last. Raises TransitionNotAllowed.
    """
    _lock_drafts(enquiry_id)
    enquiry = _locked(enquiry_id)
    enquiry.refuse_to_provider_if_closed()
    enquiry.refuse_if_filled_in()
    Draft.objects.expired().filter(enquiry=enquiry).delete()
    draft = Draft.objects.select_for_update(of=("self",)).filter(enquiry=enquiry).first()
    if draft is None:
        return Draft.objects.create(enquiry=enquiry, owner=owner, origin=origin, answers=_as_read(enquiry))
    draft.move_to(owner)
    draft.save(update_fields=["owner"])
    return draft


@transaction.atomic
def fill_in_enquiry(
    *, enquiry_id: int, draft: Draft, officer: "User | None" = None, applicant: "User | None" = None
) -> Enquiry:
    """Add to an enquiry what its email did not say, and bring it to its inboxes. No second acknowledgement.

    However often it is sent, it is filled in once: the draft's id is the one-use key. Promises count from the day the
    email came. Raises TransitionNotAllowed, ProgrammesChanged, AccountNeeded; then nothing is stored.
    """
    enquiry = _locked(enquiry_id)
    if enquiry.submit_key == draft.pk:
        return enquiry
    if not officer:
        enquiry.refuse_to_provider_if_closed()
    if Enquiry.objects.filter(submit_key=draft.pk).exists():
        raise TransitionNotAllowed("This form has been used for another enquiry. Open it again.")
    wanted = wanted_in(draft, by=officer or applicant)
    answers = {name: value for name, value in fields_of(draft).items() if name not in _KEPT}
    enquiry.fill_in(**answers)
    enquiry.submit_key = draft.pk
    interests = interests_of(enquiry, draft, wanted)
    enquiry.learn_programmes(wanted, closed_along(wanted))
    enquiry.follow_decisions(all_decided=all(interest.is_decided for interest in interests))
    _store(enquiry, interests, answers)
    _tell(enquiry, interests, officer)
    return enquiry


@transaction.atomic
def close_for_provider(*, enquiry_id: int) -> Enquiry:
    """Whoever wrote the email does not need it any more. Pressed twice, it is done once.

    Raises TransitionNotAllowed.
    """
    enquiry = _locked(enquiry_id)
    if enquiry.is_incomplete and enquiry.state == Enquiry.State.CLOSED:
        return enquiry
    before = enquiry.state
    enquiry.close_for_provider()
    enquiry.save(update_fields=["state", *Enquiry.CLOCKS])
    enquiry.record_for_provider(Event.Kind.CLOSED, before=before, after=enquiry.state)
    note_news(enquiry, "the provider does not need it any more")
    write_letter(enquiry, Message.Kind.REPLY, letters.not_needed(), by=None)
    return enquiry


def _as_read(enquiry: Enquiry) -> dict[str, Any]:
    """What was read stands on its pages, and is no answer before it has been checked."""
    return {page: {"unfinished": typed, "read": True} for page, typed in read_in(enquiry).pages.items()}


def _store(enquiry: Enquiry, interests: list[Interest], answers: dict[str, Any]) -> None:
    columns = {*answers, "declared_at", "is_incomplete", "submit_key", *Enquiry.CLOCKS}
    _contact(enquiry)
    enquiry.save(update_fields=[*columns, "reply_is_promised", "decision_is_promised"])
    Interest.objects.bulk_create(interests)


def _contact(enquiry: Enquiry) -> None:
    """Where the provider changed whom we write to meanwhile, this is the newest word about name and number."""
    if enquiry.contact_versions.exists():
        enquiry.contact.changed(name=enquiry.contact_name, telephone=enquiry.contact_telephone).save()


def _tell(enquiry: Enquiry, interests: list[Interest], officer: "User | None") -> None:
    """The inboxes get it whole. A provider that filled it in reads what happens next, and whoever works on it knows."""
    digest = submitted.digest_of(enquiry, interests)
    if officer:
        enquiry.record(Event.Kind.FILLED_IN, by=officer, digest=digest)
    else:
        enquiry.record_for_provider(Event.Kind.FILLED_IN, digest=digest)
        _hear(enquiry)
        write_letter(enquiry, Message.Kind.REPLY, letters.filled_in(enquiry, interests), by=None)
    post.write(*routing_of(enquiry, interests))


def _hear(enquiry: Enquiry) -> None:
    before = enquiry.state
    enquiry.hear_from_provider()
    enquiry.save(update_fields=["state", *Enquiry.CLOCKS])
    if before != enquiry.state:
        enquiry.record(Event.Kind.RESUMED, before=before, after=enquiry.state)


def _lock_drafts(enquiry_id: int) -> None:
    """Before the enquiry, in the order in which sending locks them: else each could wait for the other."""
    list(Draft.objects.select_for_update(of=("self",)).filter(enquiry=enquiry_id).values_list("pk"))


def _locked(enquiry_id: int) -> Enquiry:
    return Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
