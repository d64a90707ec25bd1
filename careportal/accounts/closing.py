"""Somebody closes their own account: the person goes, what they did stays with a number instead of a name."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from careportal.accounts import exceptions, letters
from careportal.accounts.models import AccountEvent, User
from careportal.accounts.services import end_sessions, record
from careportal.accounts.signals import rights_changed


def refuse_staff(user: User) -> None:
    if user.is_staff:
        raise exceptions.OwnAccount("Accounts of council staff are closed by an administrator.")


@transaction.atomic
def close_own_account(*, user_id: int) -> None:
    """For good. The address is told, then it is gone, with the name and every way to sign in (J-P9)."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    refuse_staff(user)
    if not user.is_active:  # closed at the same moment from another page: there is no address to tell any more
        return
    letters.account_closed(user.email).send()
    user.is_active = False
    rights_changed.send(sender=User, user=user, by=user)  # while the address is there: what was sent to it is dead too
    _scrub(user)
    record(AccountEvent.Kind.CLOSED, user, by=user)
    end_sessions(user)


def _scrub(user: User) -> None:
    """Nobody receives mail in this domain (RFC 2606). The address is free for a new account of whoever reads it."""
    user.email, user.name, user.last_login = f"closed-{user.pk}@closed.invalid", "", None
    user.set_unusable_password()
    user.save(update_fields=["email", "name", "last_login", "password", "is_active"])
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
