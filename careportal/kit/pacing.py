"""So many requests a minute from one network, counted in this process alone.

It spares the database from whoever asks too fast. What must hold for certain is counted in the database instead.
"""

import time
from collections import OrderedDict

MINUTE = 60.0
REMEMBERED = 10_000


class Pace:
    """Windows of a minute, one for each origin; the oldest are forgotten first."""

    def __init__(self) -> None:
        self.windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def allows(self, origin: str, most: int) -> bool:
        """Count one more request of this origin: is it one of the `most` that a minute may have?"""
        now = time.monotonic()
        began, count = self.windows.pop(origin, (now, 0))
        if now - began >= MINUTE:
            began, count = now, 0
        self.windows[origin] = (began, count + 1)
        if len(self.windows) > REMEMBERED:
            self.windows.popitem(last=False)
        return count < most
