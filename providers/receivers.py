"""What providers learn from the accounts below them."""

from typing import Any

from django.dispatch import receiver

from careportal.accounts.models import User
from careportal.accounts.signals import rights_changed
from providers.services import withdraw_of


@receiver(rights_changed)
def end_invitations_of_leavers(user: User, **_: Any) -> None:
    """Whoever may not sign in any more invites nobody, and is invited nowhere (AZ12)."""
    if not user.is_active:
        withdraw_of(user)
