"""Codes that prove that somebody reads a provider's second mailbox: six digits, ten minutes, three tries, used once."""

import datetime as dt
import secrets
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from careportal.kit.cleaning import narrow
from providers import letters
from providers.exceptions import TooManyMails, WrongCode
from providers.models import MailboxCode, Provider

if TYPE_CHECKING:
    from careportal.accounts.models import User

PER_HOUR = 3


def send_code(provider: Provider, user: "User", purpose: str, email: str) -> MailboxCode:
    """Mail a new code; the one before is dead. In the transaction around it. Raises TooManyMails."""
    lately = MailboxCode.objects.filter(made_at__gt=timezone.now() - dt.timedelta(hours=1))
    if lately.filter(email=email).count() >= PER_HOUR or lately.filter(user=user).count() >= PER_HOUR:
        raise TooManyMails
    MailboxCode.objects.filter(user=user, purpose=purpose, ended_at=None).update(ended_at=timezone.now())
    code = f"{secrets.randbelow(10**6):06}"
    sent = MailboxCode(provider=provider, user=user, purpose=purpose, email=email)
    sent.code_hash = _hash(sent, code)
    sent.save()
    letters.mailbox_code(email, code, purpose).send()
    return sent


def latest(user: "User", purpose: str) -> MailboxCode | None:
    """The code that this person was promised last, if it can still be given."""
    code = MailboxCode.objects.filter(user=user, purpose=purpose, ended_at=None).first()
    return code if code and code.is_open else None


def use_code(user: "User", purpose: str, typed: str) -> MailboxCode | None:
    """The code that was given, used up; None when it is wrong, which is counted. Raises WrongCode.

    In the transaction around it, which must be committed also when the code is wrong.
    """
    codes = MailboxCode.objects.select_for_update(of=("self",)).select_related("provider")
    code = codes.filter(user=user, purpose=purpose, ended_at=None).first()
    if code is None:
        raise WrongCode
    code.refuse_unless_open()
    right = constant_time_compare(code.code_hash, _hash(code, narrow(typed[:40]).replace(" ", "")))
    if right:
        code.ended_at = timezone.now()
    else:
        code.tries += 1
    code.save(update_fields=["ended_at", "tries"])
    return code if right else None


def refuse_wrong(code: MailboxCode | None) -> MailboxCode:
    if code is None:
        raise WrongCode
    return code


def _hash(code: MailboxCode, digits: str) -> str:
    about = f"{code.provider_id}:{code.user_id}:{code.purpose}:{code.email}:{digits}"
    return salted_hmac("providers.mailbox", about, algorithm="sha256").hexdigest()
