from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from careportal.kit.cleaning import one_line
from enquiries.letters import Letter
from enquiries.mail import post
from enquiries.models import OutgoingMail


class OutboxBackend(BaseEmailBackend):
    """Puts what Django and allauth send into the outbox too: sign-in codes survive a broken mail server."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        letters = [
            Letter(
                OutgoingMail.Kind.ACCOUNT,
                address,
                one_line(str(message.subject))[:200],
                text=str(message.body),
                good_until=getattr(message, "good_until", None),
            )
            for message in email_messages
            for address in message.recipients()
        ]
        with transaction.atomic():
            post.write(*letters)
        return len(email_messages)
