"""A Celery broker made of files, for an installation without a message server.

Kombu's own writes each file in place: a reader may see half a message, and an empty file stops the worker for good.
Here a file appears complete or not at all, and one that cannot be read is put aside.
"""

import fcntl
import logging
import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

LONGEST_WAIT = 0.5
UNREADABLE = (OSError, ValueError, TypeError)


class Channel(filesystem.Channel):
    """Messages in one folder, oldest first by the wall clock, so that the order holds over a restart of the machine."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for folder in (self.data_folder_out, self.processed_folder, self.control_folder):
            Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        _write_whole(Path(self.data_folder_out) / name, payload)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for waiting in self._waiting(queue):
            taken = Path(self.processed_folder) / f"{waiting.name}.{os.getpid()}"
            try:
                waiting.rename(taken)  # only one reader wins
            except FileNotFoundError:
                continue
            try:
                message = _message(taken)
            except UNREADABLE:
                logger.warning("broker.unreadable_message_put_aside file=%s", taken.name)
                continue
            taken.unlink()
            return message
        raise Empty

    def _waiting(self, queue: str) -> list[Path]:
        folder = Path(self.data_folder_in)
        return [folder / name for name in sorted(os.listdir(folder)) if name.partition(".")[2] == f"{queue}.msg"]

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:  # type: ignore[override]
        """The queues bound to an exchange; none when the file is missing or damaged (binding writes it anew)."""
        try:
            rows = loads(self._table_file(exchange).read_text())
            return [filesystem.exchange_queue_t(*row) for row in rows]
        except UNREADABLE:
            return []

    def _queue_bind(self, exchange: str, routing_key: str | None, pattern: str | None, queue: str | None) -> None:
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._table_lock():
            table = self.get_table(exchange)
            if bound not in table:
                _write_whole(self._table_file(exchange), [bound, *table])

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        unbound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._purge(queue)
        with self._table_lock():
            table = self.get_table(exchange)
            if unbound in table:
                _write_whole(self._table_file(exchange), [row for row in table if row != unbound])

    def _table_file(self, exchange: str) -> Path:
        """Kombu's own, which also refuses names that would lead out of the folder."""
        return self._exchange_file(exchange)  # type: ignore[attr-defined]

    @contextmanager
    def _table_lock(self) -> Iterator[None]:
        with (self.control_folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """Named by CELERY_BROKER_TRANSPORT."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        """Wait half a second at most, so that a worker soon notices that it shall stop."""
        super().drain_events(connection, timeout=min(timeout or LONGEST_WAIT, LONGEST_WAIT))


def remove_old_files(broker_dir: Path, *, older_than_seconds: float = 3600) -> None:
    """Forget what nobody will read any more: messages are only hints, and the database knows what is due."""
    oldest = time.time() - older_than_seconds
    for path in [*broker_dir.glob("queue/*"), *broker_dir.glob("processed/*")]:
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:
            continue  # a worker was quicker


def _message(path: Path) -> dict[str, Any]:
    message = loads(path.read_text())
    if not (isinstance(message, dict) and {"body", "properties"} <= message.keys()):
        raise ValueError("not a message")
    return message


def _write_whole(path: Path, content: Any) -> None:
    """Write beside and rename: nobody ever sees a part. A leading dot keeps unfinished files out of every queue."""
    descriptor, unfinished = tempfile.mkstemp(prefix=".", suffix=".unfinished", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(str_to_bytes(dumps(content)))
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
