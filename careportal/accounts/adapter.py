"""How django-allauth behaves here: accounts by proved address only, our words, sealed secrets."""

import datetime as dt
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from careportal.accounts import encryption
from careportal.accounts.models import User

WRONG_CODE = "That code is not right. Check it and try again."


def limit_session(request: HttpRequest) -> None:
    """However busy it is, a session ends: after hours for staff, after days for others (SE3)."""
    staff, others = dt.timedelta(hours=settings.STAFF_SESSION_HOURS), dt.timedelta(days=settings.OTHER_SESSION_DAYS)
    request.session.set_expiry(timezone.now() + (staff if getattr(request.user, "is_staff", False) else others))


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account can no longer sign in.",
        "duplicate_email": "This is already your email address.",
        "email_password_mismatch": "The email address or the password is not right.",
        "email_taken": "This email address cannot be used.",
        "enter_current_password": "That is not your current password.",
        "incorrect_code": WRONG_CODE,
        "incorrect_password": "That password is not right.",
        "invalid_login": "Enter your email address.",
        "rate_limited": "Wait a little before you try again. You have asked too often.",
        "same_as_current": "This is already your email address.",
        "too_many_login_attempts": "There were too many tries. Wait a few minutes and start again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Not by allauth's own page: the code of the sign-in makes an account, see newcomers.py."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if getattr(request.user, "is_staff", False):
            return reverse("admin:index")
        memberships = getattr(request.user, "partner_memberships", None)  # of an app above this one
        if memberships is not None and memberships.exists():
            return reverse("enquiries:partner")
        return super().get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        limit_session(request)
        return super().post_login(request, user, **how)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links in mails start with the configured address, never with what a browser called us (FI18)."""
        context = context | {"council": settings.COUNCIL, "base_url": settings.BASE_URL}
        super().send_mail(template_prefix, email, context)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The second factor comes first: it proves more than a password."""
        words = {
            "reauthenticate": "Use your password",
            "mfa_reauthenticate": "Use a code from your app",
            "mfa_reauthenticate:webauthn": "Use a passkey or security key",
        }
        methods = [
            method | {"description": words[method["id"]]} for method in super().get_reauthentication_methods(user)
        ]
        return sorted(methods, key=lambda method: method["id"] == "reauthenticate")


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "You always need a second factor here. Add another one first.",
        "cannot_generate_recovery_codes": "Set up an authenticator app or a passkey first.",
        "incorrect_code": WRONG_CODE,
        "unverified_email": "Confirm your email address first.",
    }

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whoever needs a second factor keeps at least one; recovery codes do not count as one (AD2)."""
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return (
            not authenticator.user.needs_second_factor
            or others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        )

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        return f"Key {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are shown under the name of the service."""
        return super().get_public_key_credential_rp_entity() | {"name": settings.COUNCIL.service_name}
