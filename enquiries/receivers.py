"""What enquiries learn from the apps below them."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from enquiries.services import clocks
from programmes.models import ClosureDay


@receiver(post_save, sender=ClosureDay)
def count_without_it(instance: ClosureDay, created: bool, raw: bool, **_: Any) -> None:
    """A row that a backup brings back was counted before."""
    if created and not raw:
        clocks.follow_closure_day(instance.on, closed=True)


@receiver(post_delete, sender=ClosureDay)
def count_it_again(instance: ClosureDay, **_: Any) -> None:
    clocks.follow_closure_day(instance.on, closed=False)
