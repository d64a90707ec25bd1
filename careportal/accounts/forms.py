"""The sign-in's own forms with our words: labels, hints and errors in plain English."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.validators import EmailValidator, MaxLengthValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from careportal.accounts.adapter import limit_session
from careportal.accounts.newcomers import CodeForAnyAddress

ENTER_EMAIL = "Enter your email address"
ENTER_PASSWORD = "Enter your password"  # noqa: S105
CODE_HINT = "The code has 6 digits"


def word(form: forms.Form, name: str, *, label: str, missing: str = "", hint: str = "", **attrs: str) -> None:
    """Give one field of a foreign form our label, hint and error, and take its placeholder away."""
    field: Any = form.fields[name]
    field.label, field.help_text = label, hint
    field.error_messages["required"] = missing or field.error_messages["required"]
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)
    if isinstance(form.fields[name], forms.EmailField):
        _word_address(field)


def _word_address(field: Any) -> None:
    field.input_type = "email"
    field.error_messages["invalid"] = "Enter an email address in the correct format, like name@example.com"
    field.validators = [MaxLengthValidator(254), EmailValidator(field.error_messages["invalid"])]


def word_email(form: forms.Form, name: str = "email", label: str = "Email address", hint: str = "") -> None:
    word(form, name, label=label, missing=ENTER_EMAIL, hint=hint, autocomplete="email")


def word_code(form: forms.Form, label: str, hint: str = CODE_HINT) -> None:
    word(form, "code", label=label, missing="Enter the code", hint=hint, inputmode="numeric")
    form.fields["code"].width = 10  # type: ignore[attr-defined]


class SignInForm(account.LoginForm):
    """Asks for the address and mails a code. With `?with=password` in the address it asks for the password instead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_email(self, "login")
        if "password" in self.fields:
            word(self, "password", label="Password", missing=ENTER_PASSWORD)

    def _setup_password_field(self) -> None:
        if self.request is None or self.request.GET.get("with") != "password":
            del self.fields["password"]

    def _login_by_code(self, request: HttpRequest, redirect_url: str | None, credentials: Any) -> HttpResponse:
        if self.user:
            answer: HttpResponse = super()._login_by_code(request, redirect_url, credentials)
            return answer
        CodeForAnyAddress.begin(request, credentials["email"])
        query = f"?{urlencode({'next': redirect_url})}" if redirect_url else ""
        return redirect(reverse("account_confirm_login_code") + query)

    def _login_with_password(self, request: HttpRequest, *args: Any) -> HttpResponse:
        response = super()._login_with_password(request, *args)
        if request.user.is_authenticated:
            limit_session(request)
        return response


class ConfirmSignInCodeForm(account.ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_code(self, "Code from the email")


class ConfirmAddressForm(account.ConfirmEmailVerificationCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_code(self, "Code from the email")


class ChangeAddressForm(account.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_email(self, label="New email address", hint="We will send a code to this address")


class ForgottenPasswordForm(account.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_email(self)


class ConfirmForgottenPasswordForm(account.ConfirmPasswordResetCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_code(self, "Code from the email")


def word_new_password(form: forms.Form) -> None:
    hint = "At least 12 characters. Three random words make a strong password."
    word(form, "password1", label="New password", missing="Enter a new password", hint=hint)
    word(form, "password2", label="New password again", missing="Enter the new password again")


class NewPasswordForm(account.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_new_password(self)


class NewPasswordByCodeForm(account.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_new_password(self)


class ChangePasswordForm(account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "oldpassword", label="Current password", missing="Enter your current password")
        word_new_password(self)


class PasswordAgainForm(account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "password", label="Password", missing=ENTER_PASSWORD)


EITHER_CODE = "6 digits from your app, or one of your recovery codes with 8 digits"


class SecondFactorForm(mfa.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_code(self, "Code", EITHER_CODE)


class SecondFactorAgainForm(mfa.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_code(self, "Code", EITHER_CODE)


class SetUpAppForm(totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_code(self, "Code from the app", "The 6 digits that the app shows now")

    @property
    def secret_in_groups(self) -> str:
        """The secret as people read it aloud or copy it: four signs at a time."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


class AddKeyForm(webauthn.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "name", label="A name for this key", hint="For example: work laptop")
        hint = "Then you need no code by email. Your device must ask for a fingerprint, face or PIN."
        word(self, "passwordless", label="Sign in with this key alone", hint=hint)


class RenameKeyForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "name", label="A name for this key", missing="Enter a name for this key")
