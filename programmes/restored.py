"""After a restore no partner is asked again what it may have answered since the backup."""

from typing import Any

from django.dispatch import receiver

from careportal.kit.signals import restored
from programmes.services import endings, freshness


@receiver(restored)
def ask_nobody_again_at_once(**_: Any) -> None:
    freshness.postpone()
    endings.count_as_written()
