"""A TCP line with a will of its own: put it before a server, and it passes, delays, falls silent, cuts or refuses."""

import selectors
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

PIECE = 65536


class Line:
    """Listens on `port` and passes on to `target`. All may be changed at any time, for what comes next:

    `delay` holds each piece back so many seconds; `silent` accepts and then passes nothing either way;
    `cut_after` resets a connection once so many bytes went to the server, `lose_answers` when the server answers;
    `refuse()` closes the door, `open()` opens it again; `reset()` breaks all present connections. `record` keeps every
    byte that passes, in `seen`.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.delay = 0.0
        self.silent = self.record = self.lose_answers = False
        self.cut_after: int | None = None
        self.seen = bytearray()
        self.ends: set[socket.socket] = set()
        self.port = 0

    @contextmanager
    def laid(self) -> Iterator["Line"]:
        self.open()
        try:
            yield self
        finally:
            self.refuse()
            self.reset()

    def open(self) -> None:
        self.door = socket.create_server(("127.0.0.1", self.port), backlog=200)
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.door,), daemon=True).start()

    def refuse(self) -> None:
        with suppress(OSError):
            self.door.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self.door.close()

    def reset(self) -> None:
        for end in list(self.ends):
            _break(end)

    def _accept(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                caller, _ = door.accept()
                threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with ExitStack() as ends, suppress(OSError):
            self._use(caller, ends)
            while self.silent:
                time.sleep(0.1)
            server = socket.create_connection(("127.0.0.1", self.target), 10)
            self._use(server, ends)
            self._pass_on(caller, server)

    def _use(self, end: socket.socket, ends: ExitStack) -> None:
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ends.add(end)
        ends.callback(self.ends.discard, end)
        ends.callback(end.close)

    def _pass_on(self, caller: socket.socket, server: socket.socket) -> None:
        sent = 0
        with selectors.DefaultSelector() as either:
            either.register(caller, selectors.EVENT_READ, server)
            either.register(server, selectors.EVENT_READ, caller)
            while True:
                for key, _ in either.select():
                    while self.silent:
                        time.sleep(0.1)
                    piece = key.fileobj.recv(PIECE)  # type: ignore[union-attr]
                    if not piece:
                        return
                    if self.lose_answers and key.data is caller:
                        _break(caller)
                        return
                    time.sleep(self.delay)
                    if self.record:
                        self.seen += piece
                    key.data.sendall(piece)
                    sent += len(piece) * (key.data is server)
                    if self.cut_after is not None and sent >= self.cut_after:
                        _break(caller)
                        return


def _break(end: socket.socket) -> None:
    """A reset, not a goodbye."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RDWR)
