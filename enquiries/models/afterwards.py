"""Places that are about to begin, and programmes that are over: who is written to about them."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from enquiries.models.outcome import OutcomeAnswer
from programmes.models import Intake


class AfterwardsQuerySet(models.QuerySet[Any]):
    def starting(self, day: dt.date, last: dt.date) -> Self:
        """Enrolled in a group that begins after this day and up to the last, and not reminded of that beginning yet."""
        soon = self.filter(state="enrolled", offered_intake__starts_on__gt=day, offered_intake__starts_on__lte=last)
        not_told = Q(reminded_of_start=None) | ~Q(reminded_of_start=F("offered_intake__starts_on"))
        return soon.exclude(offered_intake__state=Intake.State.CANCELLED).filter(not_told)

    def over(self, first: dt.date, last: dt.date) -> Self:
        """Completed in these days, or enrolled in a group that ended in them. Two indexes find them."""
        groups = Intake.objects.running().filter(ends_on__range=(first, last))
        enrolled = Q(state="enrolled", offered_intake__in=list(groups.values_list("pk", flat=True)))
        return self.filter(Q(ended_on__range=(first, last)) | enrolled)

    def to_be_asked(self, time: str, first: dt.date, last: dt.date) -> Self:
        """Over in these days and not asked at this time; never who did not take part, or wants no more questions."""
        asked = OutcomeAnswer.objects.filter(interest=OuterRef("pk"))
        ends_it = Q(time=time) | Q(stopped_at__isnull=False) | Q(took_part=OutcomeAnswer.Part.NONE)
        return self.over(first, last).exclude(Exists(asked.filter(ends_it)))

    def to_be_told_to_claim(self, first: dt.date, last: dt.date) -> Self:
        """Over in these days, with national funding that is claimed until a day, and not known to be absent."""
        absent = OutcomeAnswer.objects.filter(interest=OuterRef("pk"), took_part=OutcomeAnswer.Part.NONE)
        may_claim = self.over(first, last).filter(programme__funding_months__isnull=False, told_to_claim_at=None)
        return may_claim.exclude(Exists(absent))
