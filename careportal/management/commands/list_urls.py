"""Print every address of the portal: its view, its methods, who may open it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from careportal.audiences import addresses


class Command(BaseCommand):
    help = "List every address of the portal, its view, its HTTP methods and who may open it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, **options: Any) -> None:
        table = [address.as_dict() for address in addresses()]
        if options["json"]:
            self.stdout.write(json.dumps(table, indent=2))
            return
        for row in table:
            self.stdout.write(
                f"{row['who_may'] or 'NOT SAID':<20} {row['methods']:<18} {row['pattern']}  ({row['view']})"
            )
