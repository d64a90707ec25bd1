"""Signing in with an address that has no account yet: it gets a code too, and the account is made by the code.

So there is one page, one mail and one answer for known and unknown addresses (SE8), and no account is made for
an address that nobody has proved.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.views import ConfirmLoginCodeView
from django.http import HttpRequest, HttpResponse

from careportal.accounts import services


class CodeForAnyAddress(LoginCodeVerificationProcess):
    """Allauth's way with a code, that also knows addresses without an account."""

    @classmethod
    def begin(cls, request: HttpRequest, email: str) -> None:
        login = Login(user=None, email=email)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(user=None, email=email), initiated_by_user=True)
        process = cls(stage=stage)
        process.send()
        process.persist()

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:
        if self.user or not services.may_join(email):
            super().send_by_email(email, skip_enumeration_mails)
            return
        get_adapter().send_mail(
            "account/email/login_code", email, {"request": self.request, "code": self.generate_code()}
        )
        self.add_sent_message({"email": email, "recipient": email})

    def finish(self, redirect_url: str | None) -> HttpResponse:
        if self.user is None:
            self._user = services.join(email=self.state["email"])
        answer: HttpResponse = super().finish(redirect_url)
        return answer


class ConfirmCode(ConfirmLoginCodeView):
    """The page on which the code is typed. What was sent, and what a right code does, is decided above."""

    who_may = "anyone"

    def form_valid(self, form: Any) -> HttpResponse:
        self._process = CodeForAnyAddress(stage=self.stage)
        answer: HttpResponse = super().form_valid(form)
        return answer


confirm_code = ConfirmCode.as_view()
