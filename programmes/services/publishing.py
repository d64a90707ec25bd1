"""A new programme goes live, once everything of the checklist is done."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from careportal.accounts import access
from programmes import golive, letters
from programmes.exceptions import NotForThisRole, NotReady, NotYours, OwnChange
from programmes.models import Programme

if TYPE_CHECKING:
    from careportal.accounts.models import User


@transaction.atomic
def publish(*, programme_id: int, officer: "User", said: set[str]) -> Programme:
    """`said` names what the officer has looked at and no table can show (`golive.RULES`, `golive.DATES`).

    Whoever asked for alerts is told by the next round: a published programme is news there.
    """
    programme = Programme.objects.select_for_update(of=("self",)).filter(pk=programme_id).first()
    if programme is None:
        raise NotYours
    if not officer.has_perm("programmes.change_programme"):
        raise NotForThisRole
    if programme.proposed_by and programme.proposed_by.memberships.filter(user=officer).exists():
        raise OwnChange
    programme.go_live(timezone.localdate())
    if open_items := [item.title for item in golive.checklist(programme, said) if not item.is_met]:
        raise NotReady(open_items)
    programme._history_user = officer  # type: ignore[attr-defined]
    programme.save()
    access.note_changed(officer, "programmes.programme", [programme.pk], what="published")
    for letter in letters.published(programme):
        letter.send()
    return programme
