"""What enquiries learn from the apps below them."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from careportal.accounts.models import User
from careportal.accounts.signals import rights_changed
from enquiries.services import clocks, leavers, register
from programmes.models import ClosureDay
from providers.models import DirectoryImport
from providers.signals import DirectoryChanges, directory_imported


@receiver(rights_changed)
def return_the_work_of_leavers(user: User, by: User | None, **_: Any) -> None:
    if not leavers.may_own(user):
        leavers.return_work(owner=user, by=by)


@receiver(post_save, sender=ClosureDay)
def count_without_it(instance: ClosureDay, created: bool, raw: bool, **_: Any) -> None:
    """A row that a backup brings back was counted before."""
    if created and not raw:
        clocks.follow_closure_day(instance.on, closed=True)


@receiver(post_delete, sender=ClosureDay)
def count_it_again(instance: ClosureDay, **_: Any) -> None:
    clocks.follow_closure_day(instance.on, closed=False)


@receiver(directory_imported)
def tell_officers_what_became_of_locations(made: DirectoryImport, changes: DirectoryChanges, **_: Any) -> None:
    register.note_register_changes(changes, import_id=made.pk)
