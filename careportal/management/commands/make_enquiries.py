import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from careportal.worlds import many
from enquiries.models import Enquiry

A_GREAT_MANY = 5_000_000


class Command(BaseCommand):
    help = "Make so many made-up enquiries, for measuring. Not in production, nor beside what people have sent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int)
        parser.add_argument("--beside-others", action="store_true", help="also where there are enquiries of others")

    def handle(self, *args: Any, **options: Any) -> None:
        number, started = options["number"], time.monotonic()
        self._refuse(number, beside_others=options["beside_others"])
        try:
            many.make(number, told=lambda done: self._tell(done, number))
        except many.NothingToAskFor as wanting:
            raise CommandError(str(wanting)) from wanting
        self.stdout.write(f"{number:,} enquiries made in {time.monotonic() - started:.0f} s.")

    def _refuse(self, number: int, *, beside_others: bool) -> None:
        if not settings.EMBEDDED:
            raise CommandError("Production refuses made-up enquiries: figures and officers would take them for real.")
        if not 0 < number <= A_GREAT_MANY:
            raise CommandError(f"Say how many: from 1 to {A_GREAT_MANY:,}.")
        others = Enquiry.objects.exclude(contact_email__startswith="made-up-")
        if others.exists() and not beside_others:
            raise CommandError("There are enquiries that this command did not make. Say --beside-others to go on.")

    def _tell(self, done: int, number: int) -> None:
        if done % 100_000 == 0:
            self.stdout.write(f"{done:,} of {number:,}")
