from typing import TYPE_CHECKING

from django.db import transaction

from enquiries.models import Enquiry, Event
from enquiries.services.hearing import refuse_too_many

if TYPE_CHECKING:
    from careportal.accounts.models import User

CHANGES_PER_HOUR = 10  # by a provider


@transaction.atomic
def change_call_times(
    *, enquiry_id: int, officer: "User | None" = None, call_from: int, call_until: int, call_not_on: int
) -> Enquiry:
    """Note another time to call, as an officer agreed with the provider, or as the provider says.

    The history keeps both, as numbers (N18).
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
    before, after = enquiry.call_times, (call_from, call_until, call_not_on)
    if before == after:
        return enquiry
    enquiry.refuse_if_closed()
    if officer is None:
        refuse_too_many(enquiry, Event.Kind.CALL_TIMES, CHANGES_PER_HOUR)
    enquiry.call_from, enquiry.call_until, enquiry.call_not_on = after
    enquiry.save(update_fields=Enquiry.CALL_TIMES)
    told = {"before": before, "after": after}
    if officer:
        enquiry.record(Event.Kind.CALL_TIMES, by=officer, **told)
    else:
        enquiry.record_for_provider(Event.Kind.CALL_TIMES, **told)
    return enquiry
