"""Keeps the parts of the portal running: starts them, starts them again when they die, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from careportal import lifeline
from careportal.logs import visible

LOOK_SECONDS = 0.1
GRACE_SECONDS = 12.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
STEADY_SECONDS = 30.0
COLOURS = {"web": "36", "worker": "33", "schedule": "35"}


class Child:
    """One part of the portal: a session of its own, so that the whole of it can be ended at once."""

    def __init__(self, name: str, command: list[str], say: Callable[[str, str], None]) -> None:
        self.name, self.command, self.say = name, command, say
        self.pause = SHORTEST_PAUSE
        self.start_again_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        supervisor = os.getpid()
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  our own command lines, no shell
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: lifeline.before_exec(supervisor),
            env={**os.environ, "PYTHONUNBUFFERED": "1", lifeline.PARENT: str(supervisor)},
        )
        threading.Thread(target=self._pass_on, args=(self.process,), daemon=True).start()

    def keep_running(self) -> None:
        """Start it when it is not running and its pause is over. The pause grows while it keeps dying at once."""
        if self.process is None and time.monotonic() >= self.start_again_at:
            self.start()
        elif self.process is not None and self.process.poll() is not None:
            self._note_death(self.process)

    def ask_to_stop(self) -> None:
        self._signal(signal.SIGTERM, group=False)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        self._signal(signal.SIGKILL, group=True)
        if self.process:
            self.process.wait()

    def _note_death(self, process: subprocess.Popen[bytes]) -> None:
        self._signal(signal.SIGKILL, group=True)  # whatever it had started
        steady = time.monotonic() - self.started_at > STEADY_SECONDS
        self.pause = SHORTEST_PAUSE if steady else min(self.pause * 2, LONGEST_PAUSE)
        self.start_again_at = time.monotonic() + self.pause
        self.process = None
        self.say(self.name, f"ended ({_how(process.returncode)}); starting again in {self.pause:g} s")

    def _signal(self, number: signal.Signals, *, group: bool) -> None:
        if self.process is None:
            return
        with suppress(
            ProcessLookupError, PermissionError
        ):  # gone; macOS says "not permitted" of a group that is ending
            (os.killpg if group else os.kill)(self.process.pid, number)

    def _pass_on(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout
        for line in process.stdout:
            if line.strip():
                self.say(self.name, line.decode("utf-8", "backslashreplace").rstrip("\r\n"))


class Supervisor:
    """Runs the named commands until INT, TERM or HUP; then stops them, by force when slow or at a second Ctrl-C."""

    def __init__(self, commands: Mapping[str, list[str]]) -> None:
        self.stopping, self.hurry = threading.Event(), threading.Event()
        self.children = [Child(name, command, self.say) for name, command in commands.items()]
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.width = max(len(name) for name in commands)

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._told_to_stop)
        try:
            while not self.stopping.wait(LOOK_SECONDS):
                for child in self.children:
                    child.keep_running()
        finally:
            self.stop()

    def stop(self) -> None:
        self.say("portal", "stopping")
        for child in self.children:
            child.ask_to_stop()
        give_up_at = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < give_up_at and any(child.is_running() for child in self.children):
            if self.hurry.wait(LOOK_SECONDS):
                break
        for child in self.children:
            child.kill()

    def _told_to_stop(self, number: int, frame: object) -> None:
        if self.stopping.is_set() and number == signal.SIGINT:
            self.hurry.set()
        self.stopping.set()

    def say(self, name: str, line: str) -> None:
        """One line, with the name of its part in front. A reader who has gone away stops nothing."""
        label = f"{name:<{self.width}} |"
        if self.colour:
            label = f"\033[{COLOURS.get(name, '37')}m{label}\033[0m"
        with suppress(OSError):
            sys.stdout.write(f"{label} {visible(line)}\n")
            sys.stdout.flush()


def _how(returncode: int) -> str:
    return f"signal {-returncode}" if returncode < 0 else f"exit code {returncode}"
