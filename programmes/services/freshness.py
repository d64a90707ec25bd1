"""“Still correct?”: partners are asked, and say so; where nobody says so, officers call."""

import datetime as dt
import secrets
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from careportal.accounts import access
from careportal.kit import digests
from careportal.kit.cleaning import narrow
from careportal.kit.working_days import add_working_days
from programmes import letters_checks as letters
from programmes import proposals
from programmes.exceptions import ChangedMeanwhile, NotYours, TooManyMails
from programmes.models import (
    Ask,
    AskCode,
    ClosureDay,
    ListingChange,
    ListingCheck,
    Partner,
    Programme,
    ProgrammeQuerySet,
)
from programmes.models.freshness import first_review
from programmes.services.changes import propose, propose_again, submit

ABOUT = "programmes.programme"
AT_A_TIME = 200
CODES_PER_HOUR = 3
CODE_DIGITS = 6
CODES_KEPT = dt.timedelta(days=1)
_CODE = "answering about listings"

Answer = ListingCheck.Answer
Way = ListingCheck.Way


@transaction.atomic
def ask_partners() -> int:
    """Ask about every listing that is due: one letter a person, with all listings of the partner that are due together.

    Returns how many letters were written. A second time on the same day there is nothing to ask. A listing whose
    partner nobody can write to counts as asked: so officers hear of it.
    """
    set_first_reviews()
    today = timezone.localdate()
    answer_by = add_working_days(today, settings.CONFIRM_DAYS, ClosureDay.objects.days())
    due = _locked(Programme.objects.to_ask_about(today))[:AT_A_TIME]
    listings = list(due.prefetch_related("partners", "intakes"))
    for programme in listings:
        programme.ask(answer_by=answer_by)
    Programme.objects.bulk_update(listings, ["asked_times", "answer_by"])
    return sum(_ask(partner, theirs, answer_by) for partner, theirs in _by_partner(listings))


def set_first_reviews() -> None:
    """A listing that nobody gave a date gets one, so that none is forgotten."""
    for programme in Programme.objects.listed().filter(review_due_on=None)[:AT_A_TIME]:
        Programme.objects.filter(pk=programme.pk, review_due_on=None).update(review_due_on=first_review(programme))


def _by_partner(listings: Iterable[Programme]) -> list[tuple[Partner, list[Programme]]]:
    found: dict[Partner, list[Programme]] = {}
    for programme in listings:
        for partner in programme.partners.all():
            found.setdefault(partner, []).append(programme)
    return list(found.items())


def _ask(partner: Partner, listings: list[Programme], answer_by: dt.date) -> int:
    people = letters.people_to_ask(partner)
    for membership in people:
        ask = Ask.objects.create(partner=partner, membership=membership)
        letters.still_correct(ask, listings, answer_by).send()
    return len(people)


@transaction.atomic
def send_code(*, ask_id: int) -> uuid.UUID:
    """Mail a code to wherever the letter went; the one before it is good no more. Raises TooManyMails."""
    ask = Ask.objects.select_for_update(of=("self",)).select_related("partner", "membership__user").get(pk=ask_id)
    if ask.codes.filter(made_at__gt=timezone.now() - dt.timedelta(hours=1)).count() >= CODES_PER_HOUR:
        raise TooManyMails
    ask.codes.filter(ended_at=None).update(ended_at=timezone.now())
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    code_id = uuid.uuid4()
    AskCode.objects.create(pk=code_id, ask=ask, code_hash=digests.digest(_CODE, [str(code_id), code]))
    letters.answer_code(ask, code).send()
    return code_id


@transaction.atomic
def prove(*, code_id: uuid.UUID, code: str) -> Ask | None:
    """The question that this code opens, once. Nothing for a wrong code; after the third no other counts."""
    found = AskCode.objects.usable().select_for_update(of=("self",)).select_related("ask").filter(pk=code_id).first()
    if found is None:
        return None
    if digests.fits(found.code_hash, _CODE, [str(code_id), narrow(code).replace(" ", "")]):
        AskCode.objects.filter(pk=found.pk).update(ended_at=timezone.now())
        return found.ask
    AskCode.objects.filter(pk=found.pk).update(wrong_tries=F("wrong_tries") + 1)
    return None


def may_try(code_id: uuid.UUID) -> bool:
    return AskCode.objects.usable().filter(pk=code_id).exists()


def asked_about(ask: Ask) -> ProgrammeQuerySet:
    """Listings of the asked partner that wait for an answer now."""
    return Programme.objects.listed().filter(partners=ask.partner, asked_times__gt=0)


@transaction.atomic
def answer_ask(*, ask_id: int, programme_ids: Collection[int], answer: str) -> list[Programme]:
    """One answer about several listings at once, from the mailbox that was asked. What a colleague answered meanwhile
    is left as it is; raises ChangedMeanwhile where that is all of them."""
    ask = Ask.objects.select_related("partner", "membership__user").get(pk=ask_id)
    listings = list(_locked(asked_about(ask).filter(pk__in=programme_ids)))
    if not listings:
        raise ChangedMeanwhile("These listings were answered for already. Nothing was done.")
    by = ask.membership.user if ask.membership else None
    for programme in listings:
        _keep(programme, Answer(answer), way=Way.LETTER, by=by, partner=ask.partner)
    numbers = [programme.pk for programme in listings]
    who: Any = by  # None: the partner's own mailbox
    access.note_changed(who, ABOUT, numbers, what="asked", answer=answer, question=ask.pk)
    return listings


@transaction.atomic
def confirm_listing(*, programme_id: int, partner_id: int, by: Any) -> Programme:
    """Somebody of its partner, signed in, says that all of it is correct today."""
    programme = _locked(Programme.objects.listed().filter(partners=partner_id)).filter(pk=programme_id).first()
    if programme is None:
        raise NotYours
    _keep(programme, Answer.CORRECT, way=Way.PAGE, by=by, partner=Partner.objects.get(pk=partner_id))
    access.note_changed(by, ABOUT, [programme.pk], what="confirmed")
    return programme


@transaction.atomic
def log_call(*, programme_id: int, officer: Any, answer: str) -> Programme:
    """An officer has called: it is correct, it has closed, or nobody was reached."""
    programme = _locked(Programme.objects.listed()).filter(pk=programme_id).first()
    if programme is None:
        raise ChangedMeanwhile("This programme is not listed any more. Nothing was done.")
    _keep(programme, Answer(answer), way=Way.TELEPHONE, by=officer, partner=programme.partners.first())
    access.note_changed(officer, ABOUT, [programme.pk], what="called", answer=answer)
    return programme


def _keep(
    programme: Programme, answer: ListingCheck.Answer, *, way: ListingCheck.Way, by: Any, partner: Partner | None
) -> None:
    """Write down what was said, and what follows from it."""
    said = {"answer": answer, "way": way, "by": by, "partner": partner}
    ListingCheck.objects.create(programme=programme, missed=programme.missed(), **said)
    if answer == Answer.CORRECT:
        programme.confirm(by_partner=partner if way in {Way.LETTER, Way.PAGE} else None)
    elif answer == Answer.CLOSED:
        programme.note_closing()
    else:
        return
    programme._history_user = by  # type: ignore[attr-defined]
    programme.save()
    if answer == Answer.CLOSED and partner:
        _propose_closing(programme, partner, by)


def _propose_closing(programme: Programme, partner: Partner, by: Any) -> None:
    """The council reviews it, as all closing: nobody takes a page away by one press of a button."""
    change = propose(programme_id=programme.pk, partner_id=partner.pk, by=by, values={"closing": True})
    if change and "closing" in proposals.returned(change):
        change = propose_again(change_id=change.pk, by=by, revision=change.revision, name="closing")
    if change and change.state != ListingChange.State.SUBMITTED:
        submit(change_id=change.pk, by=by, revision=change.revision)


def postpone() -> None:
    """Everybody asked gets the whole time once more, and nobody is asked now: after a restore it may have been done."""
    today = timezone.localdate()
    later = add_working_days(today, settings.CONFIRM_DAYS, ClosureDay.objects.days())
    Programme.objects.filter(asked_times__gt=0).update(answer_by=later)
    Programme.objects.filter(asked_times=0, review_due_on__lte=today).update(review_due_on=later)


def forget_questions() -> None:
    """Codes after a day, questions that nobody can answer any more."""
    AskCode.objects.filter(made_at__lt=timezone.now() - CODES_KEPT).delete()
    Ask.objects.filter(asked_on__lt=timezone.localdate() - Ask.GOOD_FOR).delete()


def _locked(programmes: "QuerySet[Programme]") -> "QuerySet[Programme]":
    """The rows themselves: a query that looks into other tables cannot lock."""
    return Programme.objects.select_for_update(of=("self",)).filter(pk__in=programmes.order_by().values("pk"))
