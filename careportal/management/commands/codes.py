import mailbox
import re
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Print the code that was mailed to an address last, and a demo account's second factor (embedded only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("This works in embedded mode only: in production nobody reads another person's codes.")
        self.stdout.write(f"Mailed last: {last_mailed(email) or 'nothing yet'}")
        self.stdout.write("Second factor: ", ending="")
        call_command("second_factor_code", email, stdout=self.stdout, stderr=self.stderr)


def last_mailed(email: str) -> str:
    """The code in the newest mail with one that is kept for this address, or nothing."""
    folder = settings.MAIL_DIR / "sent"
    if not folder.is_dir():
        return ""
    kept = [mail for mail in mailbox.Maildir(folder, create=False) if mail["To"] == email.lower()]
    for mail in sorted(kept, key=lambda mail: mail.get_date(), reverse=True):
        text = bytes(mail.get_payload(decode=True)).decode()
        code = re.search(r"^\s*([0-9]{6}|[0-9A-Z]{5}-[0-9A-Z]{5})\s*$", text, re.MULTILINE)
        if code:
            return code[1]
    return ""
