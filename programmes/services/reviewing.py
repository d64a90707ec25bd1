"""An officer decides about what a partner proposes: approved facts are public at once, others return with a reason."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from careportal.accounts import access
from programmes import letters, reading
from programmes.exceptions import CannotBePublished, ChangedMeanwhile, NoReason, NotForThisRole, NotYours, OwnChange
from programmes.models import ListingChange, ListingDecision, Partner, Programme, ProposedField
from programmes.services.changes import ABOUT, promise
from programmes.speeds import SPEEDS, Listing, Speed

if TYPE_CHECKING:
    from careportal.accounts.models import User

Proposed = ProposedField.State
DECIDES, DECIDES_ALL = "programmes.change_listingchange", "programmes.change_programme"


@transaction.atomic
def review(
    *,
    change_id: int,
    officer: "User",
    revision: int,
    approved: set[str],
    returned: dict[str, str],
    public: str | None = None,
) -> ListingChange:
    """Approve some facts, return others with a reason each; what is not named waits on.

    Bound to what was read: the revision, and with `public` (see `reading.mark_of_public`) what was public then.
    """
    programme, change = _locked(change_id)
    if not officer.has_perm(DECIDES):
        raise NotForThisRole
    refuse_own(change, officer)
    change.refuse_unless(revision)
    change.refuse_unless_it_waits()
    fields = {field.name: field for field in change.fields.all() if field.state == Proposed.PROPOSED}
    _refuse_decisions(officer, fields, approved, returned)
    if public is not None and public != reading.mark_of_public(programme, fields):
        raise ChangedMeanwhile("What is public was changed after you opened this. Nothing was done: read it again.")
    for name in approved:
        fields[name].approve(by=officer)
    for name, reason in returned.items():
        fields[name].give_back(by=officer, reason=reason)
    _publish(programme, officer, [fields[name] for name in SPEEDS if name in approved])
    _keep(change, [fields[name] for name in SPEEDS if name in approved | set(returned)])
    _settle(change)
    what = {"approved": sorted(approved), "returned": sorted(returned)}
    access.note_changed(officer, ABOUT, [change.pk], what="reviewed", revision=revision, **what)
    for letter in letters.decided(change):
        letter.send()
    return change


def refuse_own(change: ListingChange, officer: "User") -> None:
    """Nobody decides about what they wrote, nor for a partner that they belong to (PA4)."""
    wrote = change.submitted_by_id == officer.pk or change.revisions.filter(by=officer).exists()
    if wrote or change.partner.memberships.filter(user=officer).exists():
        raise OwnChange


def may_decide(officer: "User", name: str) -> bool:
    """Who gets in, who runs it and whether it goes on is for a lead officer."""
    return officer.has_perm(DECIDES) and (SPEEDS[name] != Speed.FULL or officer.has_perm(DECIDES_ALL))


def _locked(change_id: int) -> tuple[Programme, ListingChange]:
    """The programme first, as when a partner saves: two who lock both never wait for each other."""
    about = ListingChange.objects.filter(pk=change_id).values("programme")
    programme = Programme.objects.select_for_update(of=("self",)).filter(pk__in=about).first()
    locked = ListingChange.objects.select_for_update(of=("self",)).select_related("partner")
    change = locked.filter(pk=change_id).first()
    if programme is None or change is None:
        raise NotYours
    change.programme = programme
    return programme, change


def _refuse_decisions(
    officer: "User", fields: dict[str, ProposedField], approved: set[str], returned: dict[str, str]
) -> None:
    decided = approved | set(returned)
    if not decided or decided - set(fields) or approved & set(returned):
        raise ChangedMeanwhile("Some of this has been decided already. Nothing was done: read it again.")
    if not all(may_decide(officer, name) for name in decided):
        raise NotForThisRole
    if not all(reason.strip() for reason in returned.values()):
        raise NoReason


def _publish(programme: Programme, officer: "User", fields: list[ProposedField]) -> None:
    """Into the programme. Of a draft nothing is public by that: it has its own way to go live."""
    if not fields:
        return
    listing, names = Listing(programme), {field.name for field in fields}
    try:
        for field in fields:
            listing.put(field.name, field.after)
        programme.clean_fields(exclude={field.name for field in Programme._meta.fields} - names)
        programme.validate_constraints()
    except (ValidationError, ArithmeticError, TypeError, ValueError) as error:
        raise CannotBePublished("; ".join(getattr(error, "messages", ["A value has no meaning here."]))) from error
    programme._history_user = officer  # type: ignore[attr-defined]
    programme.save()
    for field in fields:
        if field.name == "partners":
            programme.partners.set(_partners(field.after))


def _partners(slugs: list[str]) -> list[Partner]:
    found = list(Partner.objects.filter(slug__in=slugs))
    if len(found) != len(set(slugs)) or not found:
        raise CannotBePublished("It names a partner that is not there, or none at all.")
    return found


def _keep(change: ListingChange, fields: list[ProposedField]) -> None:
    ListingDecision.objects.bulk_create(
        ListingDecision(
            change=change,
            revision=change.revision,
            name=field.name,
            is_approved=field.state == Proposed.APPROVED,
            reason=field.reason,
            by=field.decided_by,
        )
        for field in fields
    )
    ProposedField.objects.bulk_update(fields, ["state", "reason", "decided_by", "decided_at"])


def _settle(change: ListingChange) -> None:
    states = {field.name: field.state for field in change.fields.all()}
    waiting = {name for name, state in states.items() if state == Proposed.PROPOSED}
    sent_on = timezone.localdate(change.submitted_at)
    change.settle(
        waiting=bool(waiting),
        returned=Proposed.RETURNED in states.values(),
        due_on=promise(waiting, sent_on) if waiting else None,
    )
    change.save()
