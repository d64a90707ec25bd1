from typing import TYPE_CHECKING

from django.db import transaction

from enquiries.models import Enquiry, Event

if TYPE_CHECKING:
    from careportal.accounts.models import User


@transaction.atomic
def change_call_times(
    *, enquiry_id: int, officer: "User", call_from: int, call_until: int, call_not_on: int
) -> Enquiry:
    """Note another time to call, as agreed with the provider. The history keeps both, as numbers (N18)."""
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
    before, after = enquiry.call_times, (call_from, call_until, call_not_on)
    if before == after:
        return enquiry
    enquiry.refuse_if_closed()
    enquiry.call_from, enquiry.call_until, enquiry.call_not_on = after
    enquiry.save(update_fields=Enquiry.CALL_TIMES)
    enquiry.record(Event.Kind.CALL_TIMES, by=officer, before=before, after=after)
    return enquiry
