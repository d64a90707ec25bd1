"""What officers did to reach services that had not come to the portal."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from careportal.accounts import access
from enquiries.exceptions import Refused
from enquiries.models import Outreach
from providers.area import registered_here

if TYPE_CHECKING:
    from careportal.accounts.models import User

LONGEST_AGO = dt.timedelta(days=366)


@transaction.atomic
def record_outreach(*, cqc_location_id: str, on: dt.date, how: str, officer: "User") -> Outreach:
    """An officer spoke to a registered location of the area. Raises Refused."""
    today = timezone.localdate()
    if not today - LONGEST_AGO <= on <= today:
        raise Refused("Choose a day of the last year, and none in the future.")
    if how not in Outreach.How.values:
        raise Refused("Choose how you reached them.")
    if not registered_here().filter(cqc_location_id=cqc_location_id).exists():
        raise Refused("This service is not registered in the area any more. Nothing was recorded.")
    try:
        with transaction.atomic():
            made = Outreach.objects.create(cqc_location_id=cqc_location_id, on=on, how=how, by=officer)
    except IntegrityError as error:
        raise Refused("This is recorded already, with the same day and the same way.") from error
    access.note_changed(officer, "enquiries.outreach", [made.pk], what="made")
    return made


@transaction.atomic
def take_back_outreach(*, outreach_id: int, officer: "User") -> None:
    """It was recorded by mistake: whoever did takes it back. Raises Refused."""
    made = Outreach.objects.select_for_update(of=("self",)).filter(pk=outreach_id, by=officer).first()
    if made is None:
        raise Refused("You can only take back what you recorded yourself. It may be taken back already.")
    made.delete()
    access.note_changed(officer, "enquiries.outreach", [outreach_id], what="taken back")
