import json
import mailbox
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from enquiries import queries


class Command(BaseCommand):
    help = "Compare what is stored with the mails that are due and sent. Exit code 1 on any difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print the figures as JSON.")
        parser.add_argument("--maildir", type=Path, help="Compare with the mails in this Maildir too.")

    def handle(self, *args: Any, **options: Any) -> None:
        balance = queries.balance(_delivered(options["maildir"]))
        if options["json"]:
            self.stdout.write(json.dumps(asdict(balance)))
        else:
            self.stdout.write(f"{balance.stored} applications stored online")
            self.stdout.write(
                f"{balance.routing_due} routing mails due, {balance.routing_sent} sent: {balance.routing}"
            )
            self.stdout.write(f"Acknowledgements: {balance.acknowledgements}")
            for line in balance.differences:
                self.stdout.write(f"- {line}")
        if balance.differences:
            raise CommandError(f"{len(balance.differences)} differences.")
        self.stderr.write(self.style.SUCCESS("No differences."))


def _delivered(folder: Path | None) -> Counter[str] | None:
    """Message-IDs and how often each is there. In embedded mode the portal's own folder is looked into."""
    if folder is None and settings.MAIL_TRANSPORT.endswith("KeptMail"):
        folder = settings.MAIL_DIR / "sent"
    if folder is None:
        return None
    if not folder.is_dir():
        return Counter()
    return Counter(str(message["Message-ID"]) for message in mailbox.Maildir(folder, create=False))
