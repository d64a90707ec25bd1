"""National funding: a reminder two weeks before the time to claim is over. Nothing is kept about claims (N24)."""

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from enquiries import letters_funding as letters
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models import Event, Interest, Message
from enquiries.models.waiting import InterestQuerySet
from enquiries.services.chasing import held_back, is_time_to_chase
from enquiries.services.interests import locked
from enquiries.services.rounds import each, end_of_round
from enquiries.services.writing import write_about
from programmes.models import Programme

DAY = dt.timedelta(days=1)
BEFORE = 14 * DAY
SHORTEST_MONTH = 3 * DAY  # by so much two ways of counting months differ


def look_after_claims() -> int:
    """Returns how many reminders were written."""
    if not is_time_to_chase():
        return 0
    ends_at = end_of_round()
    return sum(each("claims", _remind, found, ends_at) for found in _may_be_due())


def count_as_told() -> None:
    """Whoever would be reminded today, is not."""
    for found in _may_be_due():
        for interest in found.select_related("programme", "offered_intake"):
            if _is_due(interest):
                interest.told_to_claim_at = timezone.now()
                interest.save(update_fields=["told_to_claim_at"])


def _may_be_due() -> list[InterestQuerySet]:
    """Whose time may be over within two weeks, by how many months there are; each is looked at when its turn comes."""
    spans = Programme.objects.exclude(funding_months=None).order_by().values_list("funding_months", flat=True)
    return [_claiming_within(months) for months in spans.distinct() if months]


def _claiming_within(months: int) -> InterestQuerySet:
    today = timezone.localdate()
    first, last = today - SHORTEST_MONTH, today + BEFORE + SHORTEST_MONTH
    span = relativedelta(months=months)
    found = Interest.objects.to_be_told_to_claim(first - span, last - span)
    return found.filter(programme__funding_months=months)


def _remind(interest_id: int) -> None:
    interest, _ = locked(interest_id)
    claim_by = letters.claim_by(interest)
    if claim_by is None or not _is_due(interest):
        raise TransitionNotAllowed(f"{interest} has nothing to be reminded of.")
    interest.told_to_claim_at = timezone.now()
    interest.save(update_fields=["told_to_claim_at"])
    message = write_about(interest, letters.claim_soon(interest), Message.Kind.REMINDER)
    told = {"interest": interest.pk, "about": "funding", "message": message.pk, **held_back(claim_by - BEFORE)}
    Event.objects.create(enquiry=interest.enquiry, kind=Event.Kind.REMINDED, detail=told)


def _is_due(interest: Interest) -> bool:
    claim_by = letters.claim_by(interest)
    in_time = claim_by is not None and claim_by - BEFORE <= timezone.localdate() <= claim_by
    return in_time and interest.told_to_claim_at is None
