"""Made-up people: role names at example.org, with secrets that are random in every installation."""

import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress

from careportal.accounts import services
from careportal.accounts.models import User
from careportal.accounts.roles import Role


@dataclass(frozen=True)
class Person:
    """Who it is and how to sign in. The secret is that of an authenticator app; empty where none is set up."""

    id: int
    email: str
    role: str
    password: str
    second_factor_secret: str = ""


def person(name: str, role: str = Role.NONE, *, label: str = "", may_sign_in: bool = True) -> Person:
    """An account of this name, made or found, with a fresh password; staff with a fresh second factor too."""
    email = f"{name}@example.org"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = services.create_officer(email=email, name=label, role=role)
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.role, user.is_active = role, may_sign_in
    user.save()
    EmailAddress.objects.filter(user=user).update(verified=True, primary=True)
    secret = services.give_second_factor(user) if role else ""
    return Person(user.pk, email, role or "none", password, secret)
