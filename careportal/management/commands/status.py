"""Print how the portal is doing. For operators; the public checks say far less."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from careportal import health

SENTENCES = {
    "database": "The database cannot be reached: check DATABASE_URL.",
    "migrations": "The database is not up to date, migrations are missing: run manage.py set_up.",
    "mail is delayed": "Mail is delayed: something has been due for too long. Look at Mail in the officers' pages.",
    "sweep is late": "The sweep is late, nobody looks for mail that is due: check that worker and schedule run.",
    "schedule is not seen": "The schedule is not seen: check that it runs.",
}


class Command(BaseCommand):
    help = "Print how the portal is doing: database, mail that is due, when sweep and schedule were last seen."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--check", action="store_true", help="say nothing; fail when something is wrong")

    def handle(self, **options: Any) -> None:
        known = health.facts()
        known["ready"] = health.trouble(known) or "yes"
        if options["check"]:
            _fail_unless_ready(known["ready"])
            return
        if options["json"]:
            self.stdout.write(json.dumps(known, indent=2))
        else:
            self.stdout.write("\n".join(_line(name, value) for name, value in known.items()))


def _line(name: str, value: object) -> str:
    return f"{name.replace('_', ' ').capitalize():<22} {'not known' if value is None else value}"


def _fail_unless_ready(ready: str) -> None:
    if ready != "yes":
        raise CommandError(SENTENCES.get(ready, ready))
