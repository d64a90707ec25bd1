"""Referrals that wait to be acknowledged: the partner is reminded the working day before and the one after, and then
three times more. From then on officers have them in their list."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import timezone

from careportal.kit.working_days import add_working_days
from enquiries import letters_referrals as letters
from enquiries.exceptions import TransitionNotAllowed
from enquiries.mail import post
from enquiries.models import Event, Interest
from enquiries.services.chasing import is_time_to_write
from enquiries.services.interests import locked
from enquiries.services.rounds import each, end_of_round
from enquiries.services.writing import numbered
from programmes.models import ClosureDay

MOST = 5  # before, after, and three times more


def look_after_referrals() -> int:
    """Also in the days of the national return: it is not the care providers who are asked. Returns how many were."""
    if not is_time_to_write():
        return 0
    return each("referrals", _remind, Interest.objects.to_be_chased(timezone.localdate()), end_of_round())


def _remind(interest_id: int) -> None:
    interest, _ = locked(interest_id)
    if interest.referred_to is None or interest.acknowledge_by_on is None:
        raise TransitionNotAllowed("It is with no partner any more.")
    interest.chase(again_on=_again_on(interest))
    interest.save(update_fields=["chased", "chase_on"])
    post.write(numbered(letters.reminder(interest, interest.referred_to)))
    told: dict[str, Any] = {"interest": interest.pk, "partner": interest.referred_to_id, "number": interest.chased}
    interest.enquiry.record(Event.Kind.PARTNER_CHASED, **told)


def _again_on(interest: Interest) -> dt.date | None:
    """After the first reminder the day after the deadline; then every few working days, until it is enough."""
    by_on, today, closed = interest.acknowledge_by_on, timezone.localdate(), ClosureDay.objects.days()
    if interest.chased + 1 >= MOST:
        return None
    if by_on and today <= by_on:
        return add_working_days(by_on, 1, closed)
    return add_working_days(today, settings.REFERRAL_CHASE_DAYS, closed)
