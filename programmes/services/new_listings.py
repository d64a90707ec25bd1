"""A partner begins a new programme, from nothing or from another of its own, and plans its intakes."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from careportal.accounts import access
from careportal.kit.refusals import DAY
from programmes.exceptions import ChangedMeanwhile, NotYours, TooManyAtOnce, TooManyNewProgrammes
from programmes.models import Intake, ListingChange, Partner, Programme
from programmes.services import changes
from programmes.speeds import SPEEDS, Listing

if TYPE_CHECKING:
    from careportal.accounts.models import User

MOST_UNFINISHED = 5
MOST_A_DAY = 20
MOST_INTAKES = 20
NOT_COPIED = {"title", "partners", "closing"}
DECIDED = "The council has decided about this programme already. Ask it to change the dates."


@transaction.atomic
def start_programme(*, partner_id: int, by: "User", title: str, copy_of: int | None = None) -> Programme:
    """A draft that nobody but the partner and the council can see. Its texts are proposals until they are approved.

    The same title twice within a minute, by a double click, is one programme.
    """
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner_id)
    if begun := _just_begun(partner, title):
        return begun
    _refuse_too_many(partner)
    programme = Programme(title=title, slug=_slug(title), state=Programme.State.DRAFT, proposed_by=partner)
    programme._history_user = by  # type: ignore[attr-defined]
    programme.save()
    programme.partners.set([partner])
    change = ListingChange(programme=programme, partner=partner)
    change.revise()
    change.save()
    changes.propose_field(change, None, "title", "", title)
    changes.write_revision(change, by)
    access.note_changed(by, changes.ABOUT, [change.pk], what="begun", copied=copy_of is not None)
    if copy_of is not None:
        changes.propose(programme_id=programme.pk, partner_id=partner_id, by=by, values=_copied(partner, copy_of))
    return programme


@transaction.atomic
def plan_intake(*, programme_id: int, partner_id: int, by: "User", values: dict[str, Any]) -> Intake:
    """One more run of a new programme. What was sent is being written again."""
    change = _draft(programme_id, partner_id, by)
    if change.programme.intakes.count() >= MOST_INTAKES:
        raise TooManyAtOnce(f"A programme can have {MOST_INTAKES} intakes before it is public. Remove one first.")
    change.dates_to_be_agreed = False
    change.save()
    return _save_intake(Intake(programme=change.programme), values, by)


@transaction.atomic
def replan_intake(*, programme_id: int, partner_id: int, by: "User", intake_id: int, values: dict[str, Any]) -> Intake:
    change = _draft(programme_id, partner_id, by)
    return _save_intake(_intake(change, intake_id), values, by)


@transaction.atomic
def unplan_intake(*, programme_id: int, partner_id: int, by: "User", intake_id: int) -> None:
    """Nobody could see it, so nobody had chosen it."""
    _intake(_draft(programme_id, partner_id, by), intake_id).delete()


@transaction.atomic
def leave_dates_open(*, programme_id: int, partner_id: int, by: "User", is_open: bool) -> None:
    """There are no dates yet: the page will say that they are to be agreed."""
    change = _draft(programme_id, partner_id, by)
    change.dates_to_be_agreed = is_open
    change.save()


def _just_begun(partner: Partner, title: str) -> Programme | None:
    drafts = Programme.objects.filter(proposed_by=partner, state=Programme.State.DRAFT, title=title)
    return drafts.filter(changes__made_at__gt=timezone.now() - dt.timedelta(minutes=1)).first()


def _draft(programme_id: int, partner_id: int, by: "User") -> ListingChange:
    """The change of a new programme of this partner's own, with a new revision: what was read is not what is there."""
    programme, partner = changes.locked(programme_id, partner_id)
    if programme.state != Programme.State.DRAFT or programme.proposed_by_id != partner.pk:
        raise NotYours
    change = ListingChange.objects.select_for_update(of=("self",)).open().filter(programme=programme).first()
    if change is None:
        raise ChangedMeanwhile(DECIDED)
    changes.refuse_too_many(partner, programme)
    change.programme = programme
    change.revise()
    change.save()
    changes.write_revision(change, by)
    return change


def _intake(change: ListingChange, intake_id: int) -> Intake:
    intake = Intake.objects.filter(pk=intake_id, programme=change.programme).first()
    if intake is None:
        raise NotYours
    return intake


def _save_intake(intake: Intake, values: dict[str, Any], by: "User") -> Intake:
    for name, value in values.items():
        setattr(intake, name, value)
    intake._history_user = by  # type: ignore[attr-defined]
    intake.full_clean()
    intake.save()
    return intake


def _copied(partner: Partner, programme_id: int) -> dict[str, Any]:
    """What the public can read of another programme of the same partner, less its title."""
    found = Programme.objects.filter(pk=programme_id, partners=partner).prefetch_related("partners").first()
    if found is None:
        raise NotYours
    return {name: Listing(found).value(name) for name in SPEEDS if name not in NOT_COPIED}


def _refuse_too_many(partner: Partner) -> None:
    unfinished = Programme.objects.filter(proposed_by=partner, state=Programme.State.DRAFT)
    if unfinished.count() >= MOST_UNFINISHED:
        raise TooManyNewProgrammes(MOST_UNFINISHED)
    since = timezone.now() - dt.timedelta(days=1)
    if ListingChange.objects.of(partner).filter(programme__proposed_by=partner, made_at__gt=since).count() > MOST_A_DAY:
        raise TooManyAtOnce("Many new programmes were begun today. Nothing was saved.", retry_after=DAY)


def _slug(title: str) -> str:
    """Free in any case: two partners may think of the same title."""
    wanted = slugify(title)[:70] or "programme"
    taken = Programme.objects.filter(slug=wanted).exists()
    return f"{wanted}-{get_random_string(6, 'bcdfghjkmnpqrstvwxz23456789')}" if taken else wanted
