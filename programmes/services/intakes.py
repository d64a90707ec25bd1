"""A partner keeps its intakes right: live at once, logged, and whoever applied for one is told of what matters."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from careportal.accounts import access
from programmes.exceptions import ChangedMeanwhile, IntakeRefused, NotYours
from programmes.models import Intake, IntakeChange, Programme, what_changed

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "programmes.intake"
STEPS: dict[str, Callable[[Intake], None]] = {"open": Intake.open, "pause": Intake.pause, "close": Intake.close}
LEADS_TO = {"open": Intake.State.OPEN, "pause": Intake.State.PAUSED, "close": Intake.State.CLOSED}
EDITABLE = ("title", "opens_on", "closes_on", "starts_on", "ends_on", "place")
MOST_INTAKES = 100  # of one programme: more is a script


@transaction.atomic
def change_places(*, intake_id: int, by: "User", left: int, held: Callable[[Intake], int], shown: str) -> Intake:
    """Say how many places are left. `held` counts those taken through the portal, asked once the row is locked."""
    intake = _locked(intake_id)
    if shown != intake.shown_as and intake.places_left == left and _changed_last_by(intake, by):
        return intake  # the button was pressed twice
    _refuse_unless_shown(intake, shown)
    intake.refuse_if_cancelled()
    intake.set_places_left(left, held=held(intake))
    return _keep(intake, by, None, what="places", left=left)


@transaction.atomic
def steer(*, intake_id: int, by: "User", step: str, shown: str) -> Intake:
    """Open, pause or close it."""
    intake = _locked(intake_id)
    if shown != intake.shown_as and intake.state == LEADS_TO[step]:
        return intake
    _refuse_unless_shown(intake, shown)
    before = intake.facts()
    STEPS[step](intake)
    return _keep(intake, by, before, what=step)


@transaction.atomic
def change_intake(*, intake_id: int, by: "User", values: Mapping[str, Any], shown: str) -> Intake:
    """Other dates, another place or title. What is not named stays."""
    intake = _locked(intake_id)
    before = intake.facts()
    changed = sorted(name for name in EDITABLE if name in values and values[name] != getattr(intake, name))
    if not changed:
        return intake
    _refuse_unless_shown(intake, shown)
    intake.refuse_if_cancelled()
    for name in changed:
        setattr(intake, name, values[name])
    return _keep(intake, by, before, what="facts", fields=changed)


@transaction.atomic
def add_intake(*, programme_id: int, by: "User", values: Mapping[str, Any]) -> Intake:
    """A new one, public at once with its programme."""
    programme = Programme.objects.select_for_update(of=("self",)).filter(pk=programme_id).first()
    if programme is None or programme.state == Programme.State.ARCHIVED:
        raise NotYours
    if programme.intakes.count() >= MOST_INTAKES:
        raise IntakeRefused(f"A programme has at most {MOST_INTAKES} intakes. Ask the council.")
    new = {name: values[name] for name in (*EDITABLE, "capacity") if name in values}
    return _keep(Intake(programme=programme, **new), by, None, what="added")


def note_change(intake: Intake, before: Mapping[str, Any], by: "User | None") -> None:
    """To be called in the transaction that changed it, by whoever does: people who applied for it are told."""
    if what_changed(before, intake):
        IntakeChange.objects.create(intake=intake, by=by, before=dict(before))


def count_as_told() -> None:
    """What was changed by now is told to nobody."""
    IntakeChange.objects.untold().update(told_at=timezone.now())


def _locked(intake_id: int) -> Intake:
    intake = Intake.objects.select_for_update(of=("self",)).filter(pk=intake_id).first()
    if intake is None:
        raise NotYours
    return intake


def _refuse_unless_shown(intake: Intake, shown: str) -> None:
    if shown != intake.shown_as:
        raise ChangedMeanwhile("This intake changed after you opened the page. Nothing was saved. Check it again.")


def _changed_last_by(intake: Intake, person: "User") -> bool:
    """Nobody took or gave back a place since: the number is this person's own."""
    newest = intake.history.first()
    return newest is not None and newest.history_user_id == person.pk


def _keep(intake: Intake, by: "User", before: Mapping[str, Any] | None, **detail: Any) -> Intake:
    try:
        intake.full_clean()
    except ValidationError as wrong:
        raise IntakeRefused(" ".join(wrong.messages)) from wrong
    intake._history_user = by  # type: ignore[attr-defined]
    intake.save()
    if before is not None:
        note_change(intake, before, by)
    access.note_changed(by, ABOUT, [intake.pk], programme=intake.programme_id, **detail)
    return intake
