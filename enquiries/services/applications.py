"""Applying: a draft is begun, filled in page by page, and sent once."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from enquiries.application.profile import begin_with_what_is_known, told_before
from enquiries.exceptions import AlreadySentDifferently, AnswersChanged, TooMany
from enquiries.models import DailyCount, Draft, Enquiry
from enquiries.services.feedback import count_on_commit
from enquiries.services.filling_in import fill_in_enquiry
from enquiries.services.storing import store
from providers import services as providers
from providers.models import Membership

if TYPE_CHECKING:
    from careportal.accounts.models import User

MINUTE, HOUR = 60, 3600
FIRST_PAGE = "programmes"


def begin_application(
    *,
    owner: str,
    origin: str,
    entry: Mapping[str, Any],
    page: str = "programmes",
    membership: Membership | None = None,
) -> Draft:
    """A new draft that holds its first page; a member's begins with what the organisation has told before.

    Raises TooMany when one address begins too many.
    """
    since = timezone.now() - dt.timedelta(seconds=HOUR)
    if Draft.objects.from_origin_since(origin, since).count() >= settings.DRAFTS_PER_HOUR:
        raise TooMany("Too many applications have been started from your network.", retry_after=HOUR)
    draft = Draft(owner=owner, origin=origin, answers={page: dict(entry)})
    if membership:
        begin_with_what_is_known(draft, membership)
    draft.save(force_insert=True)
    if page == FIRST_PAGE:
        count_on_commit(DailyCount.What.BEGUN)
    return draft


def save_page(
    draft: Draft,
    *,
    page: str,
    entry: Mapping[str, Any],
    also: Mapping[str, Mapping[str, Any]] | None = None,
    forgets: Iterable[str] = (),
) -> None:
    """Keep one page's answers, what they answer besides, and nothing that does not hold any longer.

    To be called in the transaction in which the draft was locked.
    """
    kept = {name: answers for name, answers in draft.answers.items() if name not in forgets}
    begins = page == FIRST_PAGE and page not in draft.answers and not draft.enquiry_id
    draft.answers = kept | dict(also or {}) | {page: dict(entry)}
    draft.save(update_fields=["answers"])
    if begins:
        count_on_commit(DailyCount.What.BEGUN)


def submit_application(*, draft_id: uuid.UUID, owner: str, seal: str, user: "User | None" = None) -> str:
    """Send the draft as it was checked, and return the enquiry's reference.

    However often and in however many places at once it is called for one draft, there is one enquiry.
    `seal` marks the answers that were shown for checking. One that belongs to an enquiry by email fills that in.
    Raises Draft.DoesNotExist, AnswersChanged, AlreadySentDifferently, ProgrammesChanged, AccountNeeded, TooMany, or
    TransitionNotAllowed where an enquiry by email is closed or filled in meanwhile; then nothing is stored.
    """
    try:
        return _submit(draft_id, owner, seal, user)
    except IntegrityError:
        sent = Enquiry.objects.filter(submit_key=draft_id).values_list("reference", flat=True).first()
        if sent is None:
            raise
        return sent  # somebody else's transaction stored the same draft a moment before


@transaction.atomic
def _submit(draft_id: uuid.UUID, owner: str, seal: str, user: "User | None") -> str:
    now = timezone.now()
    drafts = Draft.objects.of(draft_id, owner, user).with_sent_lately(now - dt.timedelta(seconds=MINUTE))
    draft = drafts.select_for_update(of=("self",)).get()
    if draft.sent_as:
        if not draft.sealed_by(seal):
            raise AlreadySentDifferently("This application has been sent already, with other answers.")
        return draft.sent_as
    if not draft.sealed_by(seal):
        raise AnswersChanged("Your answers have changed since you checked them. Check them again, then send.")
    if draft.sent_lately >= settings.SUBMITS_PER_MINUTE:
        raise TooMany("Too many applications have been sent from your network.", retry_after=MINUTE)
    if draft.enquiry_id:
        return fill_in_enquiry(enquiry_id=draft.enquiry_id, draft=draft, applicant=user).reference
    enquiry = store(draft, channel=Enquiry.Channel.ONLINE, came_at=now, applicant=user)
    if draft.provider_id and user:
        _remember(draft, user)
    count_on_commit(DailyCount.What.SENT)
    return enquiry.reference


@transaction.atomic
def enter_enquiry(*, draft: Draft, officer: "User", channel: str, came_on: dt.date) -> Enquiry:
    """Store what an officer typed for a provider: the same record, rules and mails, with the channel it came by.

    The draft's id is the one-use key here too. Its clocks run from the day it came. Raises ProgrammesChanged.
    """
    stored = Enquiry.objects.filter(submit_key=draft.pk).first()
    if stored:
        return stored
    now = timezone.now()
    came_at = now if came_on >= timezone.localdate(now) else _noon(came_on)
    return store(draft, channel=channel, came_at=came_at, officer=officer)


def _noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def _remember(draft: Draft, user: "User") -> None:
    """Keep what was told about the organisation, so that the next application only asks whether it is still right."""
    assert draft.provider_id
    told = told_before(draft)
    about = {"type": told["service"]["provider_type"], "postcode": told["postcode"]["postcode"]}
    asked = told["registered"] | told["people"] | told["size"]  # only where a programme's rules look at them
    about |= {name: answer for name, answer in asked.items() if answer != "unknown"}
    providers.remember_answers(
        provider_id=draft.provider_id,
        user=user,
        answers=about,
        contact_name=told["contact"]["full_name"],
        telephone=told["contact"].get("telephone", ""),
    )
