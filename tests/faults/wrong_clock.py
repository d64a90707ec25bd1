"""`python -m tests.faults.wrong_clock DIAL worker`: a part of the portal whose clock is wrong by the seconds in a file.

The file may change at any time, as a clock steps while a program runs. Only the wall clock is wrong, as on a machine.
"""

import os
import sys
import threading
import time
from pathlib import Path

import django
import time_machine

LOOK_SECONDS = 0.2


class Clock:
    """Follows the dial, also in every process that is forked from this one."""

    def __init__(self, dial: Path) -> None:
        self.dial, self.wrong_by, self.travel = dial, 0.0, None
        os.register_at_fork(after_in_child=self.follow)

    def follow(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            wrong_by = float(self.dial.read_text() or 0)
            if wrong_by != self.wrong_by:
                self._step(wrong_by)
            time.sleep(LOOK_SECONDS)

    def _step(self, wrong_by: float) -> None:
        if self.travel:
            self.travel.stop()
            self.travel = None
        if wrong_by:
            self.travel = time_machine.travel(time.time() + wrong_by, tick=True)
            self.travel.start()
        self.wrong_by = wrong_by


if __name__ == "__main__":
    django.setup()
    Clock(Path(sys.argv[1])).follow()
    from careportal import parts

    command = parts.command(sys.argv[2])
    sys.argv = command[command.index("-m") + 1 :]
    from celery.__main__ import main

    main()
