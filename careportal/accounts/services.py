"""Everything that can happen to an account, and what is refused."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from careportal.accounts import exceptions, letters
from careportal.accounts.models import AccountEvent, SecondFactorReset, User
from careportal.accounts.roles import Role
from careportal.accounts.signals import rights_changed

Kind = AccountEvent.Kind


def record(
    kind: AccountEvent.Kind, user: User, *, by: User | None = None, before: str = "", after: str = ""
) -> AccountEvent:
    return AccountEvent.objects.create(kind=kind, user=user, by=by, before=before, after=after)


def end_sessions(user: User) -> None:
    """Sign this person out everywhere. Their next request is a stranger's."""
    for session in UserSession.objects.filter(user=user):
        session.end()


# --- People --------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_officer(*, email: str, name: str = "", role: str = Role.NONE, by: User | None = None) -> User:
    """Make an account that can sign in by emailed code at once: its address counts as proved.

    Staff are led to set up a second factor when they first sign in. Without `by` it is the command line that asks.
    """
    refuse_unless_administrator(by)
    refuse_taken_address(email)
    user: User = User.objects.create_user(email, name=name.strip(), role=role)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    record(Kind.CREATED, user, by=by, after=role)
    return user


def may_join(email: str) -> bool:
    """Whether an account may be made for this address: there is none, not even one that may not sign in."""
    address = email.strip().lower()
    known = User.objects.filter(email=address).exists() or EmailAddress.objects.filter(email__iexact=address).exists()
    return not known


def join(*, email: str) -> User:
    """The account of an address that has just been proved by a code, made if there is none. It is nobody's staff.

    However many prove one address at once, there is one account.
    """
    address = email.strip().lower()
    try:
        return _join(address)
    except (IntegrityError, ValidationError):  # made a moment before
        return User.objects.get(email=address)


@transaction.atomic
def _join(address: str) -> User:
    if not may_join(address):
        return User.objects.get(email=address)
    user: User = User.objects.create_user(address)
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    record(Kind.CREATED, user, by=user)
    return user


@transaction.atomic
def edit_officer(*, user_id: int, email: str, name: str, role: str, may_sign_in: bool, by: User | None = None) -> User:
    """Bring an account to these values, each change by its own rule and with its own event."""
    user = _locked(user_id)
    if email.strip().lower() != user.email:
        change_address(user_id=user_id, email=email, by=by)
    if role != user.role:
        change_role(user_id=user_id, role=role, by=by)
    if may_sign_in != user.is_active:
        (reactivate if may_sign_in else deactivate)(user_id=user_id, by=by)
    if name.strip() != user.name:
        rename(user_id=user_id, name=name, by=by)
    return User.objects.get(pk=user_id)


@transaction.atomic
def change_role(*, user_id: int, role: str, by: User | None = None) -> User:
    """Give a person another role. They are signed out, so that no page keeps the old one."""
    user = _locked(user_id)
    refuse_decision_about(user, by=by, ends_administrator=role != Role.ADMINISTRATOR)
    before, user.role = user.role, role
    user.full_clean(exclude=["password"])
    user.save(update_fields=["role"])
    record(Kind.ROLE_CHANGED, user, by=by, before=before, after=role)
    rights_changed.send(sender=User, user=user, by=by)
    end_sessions(user)
    return user


@transaction.atomic
def deactivate(*, user_id: int, by: User | None = None) -> User:
    """Stop a person from signing in. Open sessions end with the next request."""
    user = _locked(user_id)
    refuse_decision_about(user, by=by, ends_administrator=True)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(Kind.DEACTIVATED, user, by=by)
    rights_changed.send(sender=User, user=user, by=by)
    end_sessions(user)
    return user


@transaction.atomic
def reactivate(*, user_id: int, by: User | None = None) -> User:
    user = _locked(user_id)
    refuse_decision_about(user, by=by, ends_administrator=False)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(Kind.REACTIVATED, user, by=by)
    return user


@transaction.atomic
def rename(*, user_id: int, name: str, by: User | None = None) -> User:
    refuse_unless_administrator(by)
    user = _locked(user_id)
    user.name = name.strip()
    user.save(update_fields=["name"])
    record(Kind.RENAMED, user, by=by)
    return user


@transaction.atomic
def change_address(*, user_id: int, email: str, by: User | None = None) -> User:
    """Move an account to another address. The old one is told, and every session ends."""
    refuse_unless_administrator(by)
    user = _locked(user_id)
    refuse_taken_address(email, other_than=user)
    old, user.email = user.email, email.strip().lower()
    user.full_clean(exclude=["password"])
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    record(Kind.ADDRESS_CHANGED, user, by=by)
    letters.address_changed(old).send()
    end_sessions(user)
    return user


# --- A lost second factor: two people reset it ---------------------------------------------------------------------


@transaction.atomic
def request_second_factor_reset(*, user_id: int, by: User) -> SecondFactorReset:
    """A lead officer or an administrator asks. Nothing is reset until a different administrator confirms."""
    user = _locked(user_id)
    refuse_reset_request(user, by=by)
    user.second_factor_resets.pending().update(withdrawn_at=timezone.now())  # one that had run out
    reset = SecondFactorReset.objects.create(user=user, requested_by=by)
    record(Kind.RESET_REQUESTED, user, by=by)
    return reset


@transaction.atomic
def confirm_second_factor_reset(*, reset_id: int, by: User) -> SecondFactorReset:
    """Take the second factor away, end all sessions, tell the owner. They set up a new one at their next sign-in."""
    reset = SecondFactorReset.objects.select_for_update(of=("self",)).select_related("user").get(pk=reset_id)
    refuse_reset_confirmation(reset, by=by)
    reset.confirmed_by, reset.confirmed_at = by, timezone.now()
    reset.save(update_fields=["confirmed_by", "confirmed_at"])
    Authenticator.objects.filter(user=reset.user).delete()
    record(Kind.RESET_CONFIRMED, reset.user, by=by)
    letters.second_factor_was_reset(reset.user).send()
    end_sessions(reset.user)
    return reset


@transaction.atomic
def withdraw_second_factor_reset(*, reset_id: int, by: User) -> SecondFactorReset:
    """Close a request without doing anything: it was a mistake, or the code turned up."""
    reset = SecondFactorReset.objects.select_for_update(of=("self",)).select_related("user").get(pk=reset_id)
    _refuse_unless_lead(by)
    if not reset.is_open:
        raise exceptions.RequestClosed
    reset.withdrawn_at = timezone.now()
    reset.save(update_fields=["withdrawn_at"])
    record(Kind.RESET_WITHDRAWN, reset.user, by=by)
    return reset


@transaction.atomic
def give_second_factor(user: User) -> str:
    """Give an account an authenticator secret, in place of any it had. For demo accounts and tests."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    record(Kind.FACTOR_ADDED, user, after=Authenticator.Type.TOTP)
    return secret


# --- What is refused -----------------------------------------------------------------------------------------------


def refuse_unless_administrator(by: User | None) -> None:
    """Only administrators decide about accounts, and whoever holds the server's command line (None)."""
    if by and not User.objects.administrators().filter(pk=by.pk).exists():
        raise exceptions.NotAllowed("Only an administrator can change accounts.")


def refuse_taken_address(email: str, *, other_than: User | None = None) -> None:
    address, owner = email.strip().lower(), other_than.pk if other_than else None
    accounts = User.objects.filter(email=address).exclude(pk=owner)
    if accounts.exists() or EmailAddress.objects.filter(email=address).exclude(user_id=owner).exists():
        raise exceptions.AddressTaken


def refuse_decision_about(user: User, *, by: User | None, ends_administrator: bool) -> None:
    """Nobody decides about themselves, and one administrator always remains.

    All administrators are locked, so that two who take each other's role at once cannot both succeed.
    """
    administrators = {found.pk for found in User.objects.administrators().select_for_update(no_key=True).order_by("pk")}
    refuse_unless_administrator(by)
    if ends_administrator and administrators == {user.pk}:
        raise exceptions.LastAdministrator
    if by and by.pk == user.pk:
        raise exceptions.OwnAccount(
            "You cannot change your own role or stop your own account. Ask another administrator."
        )


def refuse_reset_request(user: User, *, by: User) -> None:
    _refuse_unless_lead(by)
    if by.pk == user.pk:
        raise exceptions.OwnAccount("You cannot ask to reset your own second factor. Ask a colleague to do it.")
    if not Authenticator.objects.filter(user=user).exists():
        raise exceptions.NothingToReset
    if any(reset.is_open for reset in user.second_factor_resets.pending()):
        raise exceptions.AlreadyRequested


def refuse_reset_confirmation(reset: SecondFactorReset, *, by: User) -> None:
    if not User.objects.administrators().filter(pk=by.pk).exists():
        raise exceptions.NotAllowed("Only an administrator can confirm this.")
    if not reset.is_open:
        raise exceptions.RequestClosed
    if by.pk == reset.requested_by_id:
        raise exceptions.SamePerson
    if by.pk == reset.user_id:
        raise exceptions.OwnAccount("You cannot confirm the reset of your own second factor.")


def _refuse_unless_lead(by: User) -> None:
    if not User.objects.filter(pk=by.pk, is_active=True, role__in=[Role.LEAD, Role.ADMINISTRATOR]).exists():
        raise exceptions.NotAllowed("Only a lead officer or an administrator can do this.")


def _locked(user_id: int) -> User:
    """Whoever only points to this row, as histories do, does not wait for it."""
    return User.objects.select_for_update(no_key=True).get(pk=user_id)
