"""Somebody leaves, or works on enquiries no more: what they had open goes back to the queue (J-O10)."""

from django.db import transaction

from careportal.accounts.models import User
from enquiries.models import Enquiry, Event


def may_own(user: User) -> bool:
    return user.has_perm("enquiries.change_enquiry")


@transaction.atomic
def return_work(*, owner: User, by: User | None = None) -> int:
    """Every open enquiry of this officer loses its owner and keeps its state; closed ones keep theirs. How many."""
    enquiries = list(Enquiry.objects.open().mine(owner).select_for_update(of=("self",)).order_by("pk"))
    for enquiry in enquiries:
        enquiry.return_to_queue()
        enquiry.save(update_fields=["owner"])
        enquiry.record(Event.Kind.RETURNED, by=by, owner_before=owner.pk, owner_after=None)
    return len(enquiries)


def return_forgotten_work() -> int:
    """What a leaver took in the very moment of leaving, or had when no page but the shell took their role."""
    owners = User.objects.filter(pk__in=Enquiry.objects.open().exclude(owner=None).order_by().values("owner"))
    return sum(return_work(owner=owner) for owner in owners if not may_own(owner))
