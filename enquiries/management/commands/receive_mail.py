from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from enquiries.mail import kept


class Command(BaseCommand):
    help = "Lay mails (.eml) into the inbox of embedded mode, where the portal finds them within a minute."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="A mail as it is sent: head and text.")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SMTP_HOST is not None or settings.MAILBOX or settings.NOTIFY_API_KEY:
            raise CommandError("Only in embedded mode: here mail comes from the inbox on the mail server.")
        for path in options["files"]:
            try:
                kept.put(path.read_bytes())
            except OSError as error:
                raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        self.stderr.write(self.style.SUCCESS(f"{len(options['files'])} in the inbox. They are read within a minute."))
