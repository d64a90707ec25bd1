"""Print how the portal is doing. For operators; the public checks say far less."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import date
from django.utils.timezone import localtime

from careportal import facts, verdicts


class Command(BaseCommand):
    help = "Print how the portal is doing: mail, worker and schedule, database, disk, backup."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--check", action="store_true", help="say nothing; fail when work does not move")

    def handle(self, **options: Any) -> None:
        if options["check"]:
            _fail_if_stopped()
            return
        known = facts.everything()
        if options["json"]:
            judged = {"ready": verdicts.trouble(known) or "yes", "warnings": verdicts.warnings(known)}
            self.stdout.write(json.dumps({**known, **judged}, indent=2))
        else:
            self.stdout.write("\n".join(_told(line) for line in verdicts.lines(known)))


def _told(line: verdicts.Line) -> str:
    """“Working       Schedule: It runs. (22 November 2026, 15:05:10)”, and below it what to do."""
    seen = f" ({date(localtime(line.at), 'j F Y, H:i:s')})" if line.at else ""
    to_do = f"\n{'':<14}-> {line.to_do}" if line.to_do else ""
    return f"{line.state:<14}{line.what}: {line.says}{seen}{to_do}"


def _fail_if_stopped() -> None:
    if found := verdicts.stopped(facts.moving()):
        raise CommandError(f"{found.what}: {found.says} {found.to_do}".strip())
