import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from careportal.kit.verifying import Verdict, verify_all
from enquiries.services import submitted


class Command(BaseCommand):
    help = "Read the trail and what was sent again. Exit code 1 if anything but the portal changed a row."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        verdicts = verify_all()
        sent = list(submitted.differences())
        self.stdout.write(_for_programs(verdicts, sent) if options["json"] else _in_words(verdicts, sent))
        if sent or any(verdict.problems for verdict in verdicts):
            sys.exit(1)


def _for_programs(verdicts: list[Verdict], sent: list[str]) -> str:
    return json.dumps({"tables": [asdict(verdict) for verdict in verdicts], "submitted": sent}, indent=2)


def _in_words(verdicts: list[Verdict], sent: list[str]) -> str:
    lines = []
    for verdict in verdicts:
        lines.append(f"{verdict.table}: {verdict.sealed} rows sealed, {verdict.unsealed} not sealed yet")
        lines += [f"  {verdict.table}: {problem}" for problem in verdict.problems]
    lines += [f"  {difference}" for difference in sent]
    found = len(sent) + sum(len(verdict.problems) for verdict in verdicts)
    lines.append(f"{found} problem{'s' * (found != 1)} found." if found else "Nothing was changed, removed or put in.")
    return "\n".join(lines)
