"""Run the portal: all of it in this terminal, or one part in the foreground."""

import os
import signal
import socket
import sys
import threading
import time
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from careportal import assets, broker, lifeline, parts
from careportal.supervisor import Supervisor


class Command(BaseCommand):
    help = "Run web, worker and schedule together until Ctrl-C, or one of them in the foreground."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("part", nargs="?", choices=parts.PARTS, help="only this part, in the foreground")
        parser.add_argument("--with-parent", action="store_true", help="stop when the program that started this ends")

    def handle(self, *, part: str | None, with_parent: bool, **options: Any) -> None:
        if part in (None, parts.WEB):
            refuse_a_taken_port(settings.PORT)
            refuse_without_assets()
        os.environ["DATA_DIR"] = str(settings.DATA_DIR)  # in full: what is started next works in another folder
        os.chdir(settings.BASE_DIR)
        if part:
            _become(parts.command(part))
        if with_parent:
            lifeline.end_with_parent(os.getppid(), how=signal.SIGTERM)
        if settings.EMBEDDED and not settings.REDIS_URL:
            broker.remove_old_files(settings.BROKER_DIR)
        self._run_all()

    def _run_all(self) -> None:
        supervisor = Supervisor({role: parts.command(role) for role in parts.PARTS})
        threading.Thread(target=self._announce, args=(supervisor,), daemon=True).start()
        with OwnTerminal():
            supervisor.run()
        supervisor.say("portal", "stopped")

    def _announce(self, supervisor: Supervisor) -> None:
        while not _answers(settings.PORT):
            time.sleep(0.1)
        supervisor.say("portal", f"open at {settings.BASE_URL}/  (Ctrl-C stops it)")


class OwnTerminal:
    """Takes Ctrl-C for this process alone, so that a `make` above sees an orderly end and not an interrupt."""

    def __enter__(self) -> None:
        self.group_before = None
        if sys.stdin.isatty() and os.getpgrp() != os.getpid() and os.tcgetpgrp(0) == os.getpgrp():
            self.group_before = os.getpgrp()
            os.setpgid(0, 0)
            self._give_terminal_to(os.getpid())

    def __exit__(self, *exception: object) -> None:
        if self.group_before:
            self._give_terminal_to(self.group_before)

    @staticmethod
    def _give_terminal_to(group: int) -> None:
        before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        with suppress(OSError):  # the terminal is gone
            os.tcsetpgrp(0, group)
        signal.signal(signal.SIGTTOU, before)


def refuse_a_taken_port(port: int) -> None:
    """Raise CommandError when another program listens there, before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} of this machine is in use. Stop the other program, or choose another port: "
                f"make run PORT={port + 1}"
            ) from error


def refuse_without_assets() -> None:
    """Raise CommandError where every page would be an error."""
    if not assets.are_built():
        raise CommandError(
            "The styles and scripts of the pages are not built, so no page could be shown. "
            "Run manage.py build_assets, and then start this again."
        )


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _become(command: list[str]) -> None:
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606  our own command lines, no shell
