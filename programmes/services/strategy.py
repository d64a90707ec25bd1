"""What happens to the work streams of the strategy from one year to the next."""

from typing import TYPE_CHECKING

from django.db import transaction

from careportal.accounts import access
from programmes.exceptions import NotContinued
from programmes.models import Workstream
from programmes.models.strategy import LAST_YEAR, name_of_year

if TYPE_CHECKING:
    from careportal.accounts.models import User


@transaction.atomic
def continue_workstream(*, workstream_id: int, by: "User") -> Workstream:
    """Plan the following year of a work stream: the same words, bodies and programmes, to be changed from there.

    The row is locked, so that two people at once plan one year. Raises NotContinued with what to do instead.
    """
    before = Workstream.objects.select_for_update(of=("self",)).filter(pk=workstream_id).first()
    if before is None:
        raise NotContinued("There is no such work stream any more.")
    if not by.has_perm("programmes.add_workstream"):
        raise NotContinued("This needs a lead officer. Ask one to do it.")
    _refuse(before)
    after = Workstream(objective=before.objective, title=before.title, description=before.description)
    after.year, after.lead, after.continues = before.year + 1, before.lead, before
    after._history_user = by  # type: ignore[attr-defined]
    after.save()
    after.partners.set(before.partners.all())
    after.programmes.set(before.programmes.all())
    access.note_changed(by, "programmes.workstream", [after.pk], what="added")
    return after


def _refuse(before: Workstream) -> None:
    following = Workstream.objects.filter(continues=before).first()
    if following:
        raise NotContinued(f"{following} continues it already. Change that one.")
    if before.state == Workstream.State.ENDED:
        raise NotContinued("It has ended. Change its state first, or add a new work stream.")
    if before.year >= LAST_YEAR:
        raise NotContinued(f"No year after {before.year_name} can be planned.")
    same = Workstream.objects.filter(objective=before.objective, year=before.year + 1, title=before.title)
    if same.exists():
        year = name_of_year(before.year + 1)
        raise NotContinued(f"{year} has a work stream of this title. Say there that it continues this one.")
