"""What follows from a sign-in, a sign-out or a change of how somebody signs in: a record, and no forgotten sessions."""

import logging
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import (
    authentication_step_completed,
    login_code_rejected,
    password_changed,
    password_reset,
    password_set,
    user_logged_in,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from careportal.accounts.models import AccountEvent, User
from careportal.accounts.services import record

logger = logging.getLogger(__name__)
Kind = AccountEvent.Kind


@receiver(user_logged_in)
def note_sign_in(user: User, **_: Any) -> None:
    record(Kind.SIGNED_IN, user, by=user)


@receiver(user_logged_out)
def note_sign_out(user: User | None, **_: Any) -> None:
    if user:
        record(Kind.SIGNED_OUT, user, by=user)


@receiver(user_login_failed)
def note_wrong_password(**_: Any) -> None:
    """A line in the log and no more: the same work whether or not there is such an account (SE8)."""
    logger.info("sign-in refused: password")


@receiver(login_code_rejected)
def note_wrong_code(user: User, **_: Any) -> None:
    logger.info("sign-in refused: code, person %s", user.pk)


@receiver(authentication_failed)
def note_wrong_factor(user: User, **_: Any) -> None:
    record(Kind.FACTOR_REFUSED, user, by=user)


@receiver(authenticator_added)
def note_factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Whoever has just added a factor has proved it; sessions that began without it end (SE4, SE13)."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record(Kind.RECOVERY_CODES_MADE, user, by=user)
        return
    record(Kind.FACTOR_ADDED, user, by=user, after=authenticator.type)
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)
    end_other_sessions(request, user)


@receiver(authenticator_removed)
def note_factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    record(Kind.FACTOR_REMOVED, user, by=user, before=authenticator.type)
    end_other_sessions(request, user)


@receiver(authenticator_reset)
def note_recovery_codes(user: User, **_: Any) -> None:
    record(Kind.RECOVERY_CODES_MADE, user, by=user)


@receiver([password_changed, password_set, password_reset])
def note_new_password(user: User, **_: Any) -> None:
    """Django itself ends the other sessions: they hold a hash of the old password."""
    record(Kind.PASSWORD_CHANGED, user, by=user)


@receiver(authentication_step_completed)
def renew_session(request: HttpRequest, user: User, **how: Any) -> None:
    """Proving oneself again gives the session a new id; the old one is dead (SE1)."""
    if how.get("reauthenticated"):
        UserSession.objects.filter(session_key=request.session.session_key).delete()
        request.session.cycle_key()
        UserSession.objects.create_from_request(request)
