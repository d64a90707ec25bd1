"""What the accounts of organisations do not keep: addresses that somebody typed and nobody answered from."""

import datetime as dt

from django.utils import timezone

from careportal.accounts.invited import GOOD_FOR
from providers.models import Invitation, MailboxCode

CODES_KEPT = dt.timedelta(days=1)  # limits count those of the last hour
INVITATIONS_KEPT = dt.timedelta(days=30)


def forget_what_is_over() -> None:
    """Codes a day after they were sent, invitations a month after their end. The audit trail keeps what was done."""
    now = timezone.now()
    MailboxCode.objects.filter(made_at__lt=now - CODES_KEPT).delete()
    Invitation.objects.filter(made_at__lt=now - GOOD_FOR - INVITATIONS_KEPT).delete()
