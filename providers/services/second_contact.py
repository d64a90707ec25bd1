"""The second contact of a provider: its own mailbox, which is proved before anything is sent there."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from careportal.accounts import access
from providers.exceptions import MailboxOfMember
from providers.models import MailboxCode, Provider
from providers.services.mailbox import refuse_wrong, send_code, use_code
from providers.services.members import ABOUT, refuse_unless_owner

if TYPE_CHECKING:
    from careportal.accounts.models import User

PURPOSE = MailboxCode.Purpose.SECOND_CONTACT


@transaction.atomic
def begin_second_contact(*, provider_id: int, email: str, by: "User") -> MailboxCode:
    """Send a code to what is to become the second contact. Until it is given, the one before stays.

    A member's own address is none: it goes when the member goes.
    """
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider_id)
    refuse_unless_owner(provider, by)
    address = email.strip().lower()
    if provider.memberships.filter(user__email__iexact=address).exists():
        raise MailboxOfMember
    return send_code(provider, by, PURPOSE, address)


def prove_second_contact(*, provider_id: int, code: str, by: "User") -> Provider:
    with transaction.atomic():  # a wrong code is counted, whatever is raised after it
        refuse_unless_owner(Provider.objects.get(pk=provider_id), by)
        given = use_code(by, PURPOSE, code)
        if given and given.provider_id == provider_id:
            Provider.objects.filter(pk=provider_id).update(second_email=given.email, second_proved_at=timezone.now())
            access.note_changed(by, ABOUT, [provider_id], what="second contact proved")
    return refuse_wrong(given).provider


@transaction.atomic
def remove_second_contact(*, provider_id: int, by: "User") -> None:
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider_id)
    refuse_unless_owner(provider, by)
    provider.second_email, provider.second_proved_at = "", None
    provider.save(update_fields=["second_email", "second_proved_at"])
    access.note_changed(by, ABOUT, [provider_id], what="second contact removed")
