"""What programmes learn from the accounts below them, and what they answer."""

from typing import Any

from django.dispatch import receiver

from careportal.accounts.models import User
from careportal.accounts.signals import rights_changed, second_factor_asked
from programmes.models import PartnerMembership
from programmes.services.invitations import withdraw_of, withdraw_what_may_not_be_sent
from programmes.services.requests import drop_requests_of


@receiver(rights_changed)
def end_invitations_of_leavers(user: User, **_: Any) -> None:
    """Whoever may not sign in any more invites nobody, is invited nowhere, and asks for nothing (AZ12); council staff
    who may not decide about partners any more invite nobody either."""
    if user.is_active:
        withdraw_what_may_not_be_sent(user)
    else:
        withdraw_of(user)
        drop_requests_of(user)


@receiver(second_factor_asked)
def administrators_need_a_second_factor(user: User, **_: Any) -> bool:
    """They decide who may write in a partner's name."""
    return PartnerMembership.objects.of(user).administrators().exists()
