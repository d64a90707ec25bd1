"""What there is to tell about programmes today: each that is listed, and each of its intakes that may be applied to."""

import datetime as dt
from dataclasses import dataclass

from programmes.models import Availability, Intake, Programme


@dataclass(frozen=True)
class News:
    programme: Programme
    intake: Intake | None = None

    @property
    def key(self) -> tuple[int, int | None]:
        return self.programme.pk, self.intake.pk if self.intake else None


def on(day: dt.date) -> list[News]:
    """A published programme is something new, and so is each intake when its applications open. Closed ones are not."""
    found = []
    for programme in Programme.objects.filter(state=Programme.State.PUBLISHED).for_list():
        if programme.availability(day) != Availability.CLOSED:
            found += [News(programme), *(News(programme, intake) for intake in programme.open_intakes(day))]
    return found
