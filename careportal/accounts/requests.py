from django.http import HttpRequest

from careportal.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request that has passed the sign-in: for the type checker, so that `user` is one of ours."""

    user: User
