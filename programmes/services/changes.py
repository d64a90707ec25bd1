"""A partner changes its listing: some at once, the rest when the council has looked at it."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from careportal.accounts import access
from careportal.kit.refusals import HOUR
from programmes import letters, proposals
from programmes.drafts import missing
from programmes.exceptions import (
    ChangedMeanwhile,
    Incomplete,
    NotYours,
    TooManyAtOnce,
    TooManyRevisions,
)
from programmes.models import (
    ListingChange,
    ListingMessage,
    ListingRevision,
    Partner,
    Programme,
    ProposedField,
)
from programmes.speeds import SPEEDS, Listing, Speed

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "programmes.listingchange"
PER_HOUR = 30
Proposed = ProposedField.State


@transaction.atomic
def propose(*, programme_id: int, partner_id: int, by: "User", values: dict[str, Any]) -> ListingChange | None:
    """Keep what somebody of the partner has typed. What is live at once is live after this; the rest is a revision.

    Names that partners may not change are left out, whatever was sent (PA2). None where nothing waits.
    """
    programme, partner = locked(programme_id, partner_id)
    listing = Listing(programme)
    allowed = {name: value for name, value in values.items() if name in SPEEDS}
    _go_live(listing, by, {name: value for name, value in allowed.items() if SPEEDS[name] == Speed.LIVE})
    waits = {name: value for name, value in allowed.items() if SPEEDS[name] != Speed.LIVE}
    return _revise(listing, partner, by, waits)


@transaction.atomic
def submit(*, change_id: int, by: "User", revision: int) -> ListingChange:
    """Hand it to the council, with a day by which it promises to decide."""
    change = locked_change(change_id)
    change.refuse_unless(revision)
    change.refuse_unless_something_waits()
    _refuse_incomplete(change)
    change.submit(by=by, due_on=_promised(change))
    change.save()
    access.note_changed(by, ABOUT, [change.pk], what="submitted", revision=revision)
    letters.change_waits(change.pk).send()
    return change


@transaction.atomic
def propose_again(*, change_id: int, by: "User", revision: int, name: str) -> ListingChange:
    """What the council returned stands as it is, once the partner has said why. It is decided about once more."""
    change = locked_change(change_id)
    change.refuse_unless(revision)
    field = next((one for one in change.fields.all() if one.name == name and one.state == Proposed.RETURNED), None)
    if field is None:
        raise ChangedMeanwhile("This is not returned to you any more. Nothing was done: read it again.")
    refuse_too_many(change.partner, change.programme)
    change.revise()
    propose_field(change, field, name, Listing(change.programme).value(name), field.after)
    write_revision(change, by)
    change.close_unless_something_is_left()
    change.save()
    return change


@transaction.atomic
def discard(*, change_id: int, by: "User", revision: int) -> ListingChange:
    """The partner takes back what waits. What was approved by then stays. A new programme goes as a whole."""
    change = locked_change(change_id)
    change.refuse_unless(revision)
    is_whole = change.is_own_draft and not _has_been_approved(change)
    change.discard()
    change.save()
    if is_whole:
        change.programme.state = Programme.State.ARCHIVED
        _save(change.programme, by)
    access.note_changed(by, ABOUT, [change.pk], what="discarded", revision=revision)
    return change


@transaction.atomic
def discuss(*, change_id: int, by: "User", text: str, is_from_council: bool) -> ListingMessage:
    """A line of the talk about it. The other side is told by email that there is one.

    The same words twice in a row, by a double click, are one message.
    """
    change = locked_change(change_id)
    change.refuse_unless_open()
    newest = change.messages.last()
    if newest and (newest.text, newest.is_from_council) == (text, is_from_council):
        return newest
    if not is_from_council:
        _refuse_flood(change)
    message = ListingMessage.objects.create(change=change, by=by, text=text, is_from_council=is_from_council)
    access.note_changed(by, ABOUT, [change.pk], what="discussed")
    for letter in letters.written_about(change) if is_from_council else [letters.partner_wrote(change.pk)]:
        letter.send()
    return message


def locked(programme_id: int, partner_id: int) -> tuple[Programme, Partner]:
    """Both; the programme's row is locked, so that two people of the partner save one after the other."""
    programme = Programme.objects.select_for_update(of=("self",)).filter(pk=programme_id).first()
    partner = Partner.objects.filter(pk=partner_id, programmes=programme).first() if programme else None
    if programme is None or partner is None or programme.state == Programme.State.ARCHIVED:
        raise NotYours
    return programme, partner


def locked_change(change_id: int) -> ListingChange:
    """The programme's row is locked first, as whoever saves does: otherwise two could wait for each other."""
    Programme.objects.select_for_update(of=("self",)).filter(changes=change_id).first()
    rows = ListingChange.objects.select_for_update(of=("self",)).select_related("programme", "partner")
    change = rows.filter(pk=change_id).first()
    if change is None:
        raise NotYours
    return change


def _go_live(listing: Listing, by: "User", values: dict[str, Any]) -> None:
    changed = sorted(name for name, value in values.items() if value != listing.value(name))
    for name in changed:
        listing.put(name, values[name])
    if changed:
        _refuse_too_many_live(by, listing.programme)
        _save(listing.programme, by)
        access.note_changed(by, "programmes.programme", [listing.programme.pk], what="live", fields=changed)


def _revise(listing: Listing, partner: Partner, by: "User", values: dict[str, Any]) -> ListingChange | None:
    """A new revision, if what is proposed is not what was proposed before."""
    change = ListingChange.objects.select_for_update(of=("self",)).open().filter(programme=listing.programme)
    open_change = change.filter(partner=partner).first()
    proposed = {field.name: field for field in open_change.fields.all()} if open_change else {}
    wanted = {name: value for name, value in values.items() if _is_news(listing, proposed.get(name), name, value)}
    if not wanted:
        return open_change
    refuse_too_many(partner, listing.programme)
    made = open_change or ListingChange(programme=listing.programme, partner=partner)
    made.revise()
    made.save()
    for name, value in wanted.items():
        propose_field(made, proposed.get(name), name, listing.value(name), value)
    write_revision(made, by)
    made.close_unless_something_is_left()
    made.save()
    return made if made.is_open else None


def _is_news(listing: Listing, field: ProposedField | None, name: str, value: Any) -> bool:
    """Whether it differs from what is proposed; where nothing is, from what is public."""
    if field is None or field.state == Proposed.APPROVED:
        return bool(value != listing.value(name))
    return bool(value != field.after)


def propose_field(change: ListingChange, field: ProposedField | None, name: str, before: Any, after: Any) -> None:
    """What is set back to what is public is no proposal any more. Of a new programme, nothing is public."""
    if field is not None and after == ("" if change.is_own_draft else before):
        field.delete()
        return
    before = field.before if field and change.is_own_draft else before
    field = field or ProposedField(change=change, name=name)
    field.propose(before, after)
    field.save()


def write_revision(change: ListingChange, by: "User") -> None:
    waits = {field.name: field.after for field in change.fields.filter(state=Proposed.PROPOSED)}
    ListingRevision.objects.create(change=change, number=change.revision, by=by, values=waits)


def refuse_too_many(partner: Partner, programme: Programme) -> None:
    """Thirty an hour for a listing: more is a script, and the tables would only grow (PA15)."""
    made = ListingRevision.objects.filter(change__partner=partner, change__programme=programme, at__gt=_an_hour_ago())
    if made.count() >= PER_HOUR:
        raise TooManyRevisions


def _refuse_too_many_live(by: "User", programme: Programme) -> None:
    """The same for what is live at once, of which the programme's history has a row each."""
    history = programme.history.filter(history_user=by, history_date__gt=_an_hour_ago())
    if history.count() >= PER_HOUR:
        raise TooManyRevisions


def _an_hour_ago() -> dt.datetime:
    return timezone.now() - dt.timedelta(hours=1)


def _refuse_flood(change: ListingChange) -> None:
    if change.messages.filter(is_from_council=False, at__gt=_an_hour_ago()).count() >= PER_HOUR:
        raise TooManyAtOnce("Many messages were written in the last hour. Nothing was sent.", retry_after=HOUR)


def _refuse_incomplete(change: ListingChange) -> None:
    """A new programme says all that a provider needs to decide, before anybody has to read it."""
    if change.is_own_draft and (
        lacking := missing(change.programme, change, proposals.proposed_values(change.programme, change))
    ):
        raise Incomplete(lacking)


def _has_been_approved(change: ListingChange) -> bool:
    """Some of the programme: now, or by a change before this one."""
    decided = change.programme.changes.filter(state=ListingChange.State.DONE).exists()
    return decided or change.fields.filter(state=Proposed.APPROVED).exists()


def _promised(change: ListingChange) -> dt.date:
    """By when the slowest of what waits is decided: the promise for all that is sent today."""
    names = {field.name for field in change.fields.all() if field.state == Proposed.PROPOSED}
    return promise(names, timezone.localdate())


def promise(names: set[str], day: dt.date) -> dt.date:
    """The day that the council promises for these facts, sent on this day, in working days."""
    return proposals.promise(names, day).on


def _save(programme: Programme, by: "User") -> None:
    programme._history_user = by  # type: ignore[attr-defined]
    programme.save()
