"""A successor takes over when the owner is gone: the second mailbox proves it, an officer says yes."""

from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from careportal.accounts import access
from providers import letters
from providers.exceptions import HandoverOver, TooManyMails, WrongCode
from providers.models import Handover, MailboxCode, Membership, Provider
from providers.services.mailbox import refuse_wrong, send_code, use_code

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "providers.handover"
PURPOSE = MailboxCode.Purpose.HANDOVER


@transaction.atomic
def ask_for_handover(*, provider: Provider | None, user: "User") -> None:
    """Mail a code to the second contact. Whoever asks is told the same, whether there is one or not."""
    if provider is None or not provider.second_email:
        return
    stale = [one for one in Handover.objects.undecided().filter(provider=provider, user=user) if not one.is_open]
    Handover.objects.filter(pk__in=[one.pk for one in stale]).delete()
    with suppress(TooManyMails):  # the mailbox has had enough codes for now; a stranger learns nothing by it
        send_code(provider, user, PURPOSE, provider.second_email)


def prove_handover(*, code: str, user: "User") -> Handover:
    """The code that went to the second contact. From now on an officer may grant it."""
    with transaction.atomic():  # a wrong code is counted, whatever is raised after it
        given = use_code(user, PURPOSE, code)
        handover = _proved(given, user) if given else None
    refuse_wrong(given)
    if handover is None:
        raise WrongCode
    return handover


def _proved(given: MailboxCode, user: "User") -> Handover | None:
    """None when another mailbox has become the second contact since the code was sent."""
    if given.provider.second_email != given.email:
        return None
    handover, _ = Handover.objects.get_or_create(provider=given.provider, user=user, decided_at=None)
    handover.proved_at = timezone.now()
    handover.save(update_fields=["proved_at"])
    access.note_changed(user, ABOUT, [handover.pk], what="proved", provider=given.provider_id)
    for owner in given.provider.memberships.owners().select_related("user"):
        letters.handover_asked(owner.user.email).send()
    letters.handover_waits(handover.pk).send()
    return handover


@transaction.atomic
def decide_handover(handover_id: int, *, by: "User", granted: bool) -> Handover:
    """An officer decides. With a yes the successor is owner, those before stay as members, and all are told."""
    handover = Handover.objects.select_for_update(of=("self",)).select_related("user", "provider").get(pk=handover_id)
    if granted and not handover.user.is_active:
        raise HandoverOver
    handover.decide(by=by, granted=granted)
    handover.save(update_fields=["decided_at", "decided_by", "granted"])
    access.note_changed(by, ABOUT, [handover.pk], what="granted" if granted else "refused")
    if granted:
        _hand_over(handover)
    letters.handover_decided(handover.user.email, granted=granted).send()
    return handover


def _hand_over(handover: Handover) -> None:
    """In the transaction of the decision. The new owner can remove whoever has left."""
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=handover.provider_id)
    before = provider.memberships.filter(role=Membership.Role.OWNER).exclude(user=handover.user)
    owners = list(before.select_related("user"))
    Membership.objects.update_or_create(provider=provider, user=handover.user, defaults={"role": Membership.Role.OWNER})
    before.update(role=Membership.Role.MEMBER)
    provider.invitations.all().withdraw()
    for owner in owners:
        letters.handed_over(owner.user.email).send()
