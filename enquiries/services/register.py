"""What becomes of CQC locations after somebody has applied for them: told to officers until they have looked at it."""

from typing import TYPE_CHECKING

from django.db import transaction

from enquiries.exceptions import ChangedMeanwhile
from enquiries.models import Enquiry, Event
from enquiries.models.registered import RegisterChange
from providers.signals import DirectoryChanges

if TYPE_CHECKING:
    from careportal.accounts.models import User


def note_register_changes(changes: DirectoryChanges, *, import_id: int | None) -> int:
    """Flag the open enquiries whose location was removed, moved or sold. Returns how many were."""
    flagged = 0
    about = Enquiry.objects.open().exclude(cqc_location_id="").order_by("pk").values_list("pk", "cqc_location_id")
    for pk, location_id in list(about):
        found = _changes_of(location_id, changes)
        if found and _flag(pk, found, import_id):
            flagged += 1
    return flagged


def _changes_of(location_id: str, changes: DirectoryChanges) -> list[RegisterChange]:
    lists = {
        RegisterChange.REMOVED: changes.removed,
        RegisterChange.MOVED: changes.moved,
        RegisterChange.SOLD: changes.sold,
    }
    return [change for change, ids in lists.items() if location_id in ids]


@transaction.atomic
def _flag(pk: int, found: list[RegisterChange], import_id: int | None) -> bool:
    """One enquiry at a time, so that a long import holds up no officer."""
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=pk)
    if enquiry.state == Enquiry.State.CLOSED:
        return False
    enquiry.note_register_changes(found)
    enquiry.save(update_fields=[*Enquiry.REGISTER])
    enquiry.record(Event.Kind.REGISTER_CHANGED, changes=[str(change) for change in found], directory=import_id)
    return True


@transaction.atomic
def check_register(*, enquiry_id: int, officer: "User", shown: str = "") -> Enquiry:
    """An officer has looked at what changed. `shown` is the `register_mark` of the page on which they saw it."""
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
    if shown and enquiry.register_changes and shown != enquiry.register_mark:
        raise ChangedMeanwhile("More has changed in the CQC’s list since you opened the page. Look again, then check.")
    checked = enquiry.register_changes.split(",")
    enquiry.check_register_changes()
    enquiry.save(update_fields=[*Enquiry.REGISTER])
    enquiry.record(Event.Kind.REGISTER_CHECKED, by=officer, changes=checked)
    return enquiry
