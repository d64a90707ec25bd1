import os
import socket
import threading
from contextlib import suppress


class Alarm:
    """Hangs up from beside whatever waits: a server that drips single bytes gets no more time than any other."""

    def __init__(self, line: socket.socket, seconds: float) -> None:
        self.line = socket.socket(fileno=os.dup(line.fileno()))  # of our own: the number may be another's afterwards
        self.timer = threading.Timer(max(seconds, 0), self._hang_up)
        self.timer.daemon = True
        self.timer.start()

    def stop(self) -> None:
        """The line is the caller's again. May be called more than once."""
        self.timer.cancel()
        self.timer.join()
        self.line.close()

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.line.shutdown(socket.SHUT_RDWR)
