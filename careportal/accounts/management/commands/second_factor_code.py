"""Prints the current second-factor code of a demo account. Only in embedded mode, on one's own machine."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

PERIOD = 30


class Command(BaseCommand):
    help = "Print the current second-factor code of a demo account (embedded mode only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("This works in embedded mode only: in production nobody reads another person's codes.")
        app = Authenticator.objects.filter(user__email=email.lower(), type=Authenticator.Type.TOTP).first()
        if app is None:
            raise CommandError("There is no such account, or it has no authenticator app.")
        now = int(time.time())
        self.stdout.write(format_hotp_value(hotp_value(decrypt(app.data["secret"]), now // PERIOD)))
        self.stderr.write(f"Good for {PERIOD - now % PERIOD} seconds, and once only.")
