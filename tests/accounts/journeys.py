"""Steps of signing in, as a browser takes them."""

import re
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from careportal.accounts import services
from careportal.accounts.models import User


def last_code() -> str:
    """The code in the newest mail."""
    found = re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found.group()


def app_code(secret: str, *, periods: int = 0) -> str:
    """What an authenticator app with this secret shows now, or so many half minutes later.

    A code is good for its half minute only: shortly before the end this waits for the next one.
    """
    left = 30 - time.time() % 30
    time.sleep(left if left < 2 else 0)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def ask_for_code(client: Client, email: str, next_url: str = ""):
    return client.post(reverse("account_login"), {"login": email, "next": next_url})


def give_code(client: Client, code: str, next_url: str = ""):
    return client.post(reverse("account_confirm_login_code"), {"code": code, "next": next_url})


def sign_in_by_code(client: Client, user: User, next_url: str = ""):
    ask_for_code(client, user.email, next_url)
    return give_code(client, last_code(), next_url)


def sign_in(client: Client, user: User) -> str:
    """Sign in with code and second factor, as staff do; gives the app's secret."""
    secret = services.give_second_factor(user)
    sign_in_by_code(client, user)
    answer = client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert answer.status_code == 302, answer.content
    cache.clear()  # so that a test may use the same half minute's code again
    return secret


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exists()


def prove(browser: Client, *, seconds_ago: int = 0) -> Client:
    """As when the second factor was shown so long ago."""
    session = browser.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time() - seconds_ago}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return browser
