import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from careportal.worlds import fixed


class Command(BaseCommand):
    help = "Make the fixed world for checks from outside and print its ids and secrets as JSON. Not in production."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("The fixed world has known accounts, so production refuses it.")
        self.stdout.write(json.dumps(fixed.seed(), indent=2, default=str))
