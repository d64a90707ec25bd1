"""Every log entry is one line that cannot be forged, names its request, and holds no text that anybody typed."""

import logging
import re
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from types import TracebackType
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")

# Control characters, line and paragraph separators, direction overrides and lone surrogates.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

# Addresses out of letters end in a proof: whoever has it may answer for the provider.
_PROOF = re.compile(r"(/(?:answers|offers|outcomes)/\d+/)[^/\s?'\"]+")


def visible(text: str) -> str:
    """The text on one line: whatever would move a terminal's cursor or begin a line shows as its escape."""
    return _UNSEEN.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


class OneLine(logging.Filter):
    """Makes a record safe to write. An exception keeps its kind and its place; its text may quote an applicant.

    `exception_texts` shows the texts all the same: for developers, refused outside embedded mode by the settings.
    """

    def __init__(self, *, exception_texts: bool = False) -> None:
        super().__init__()
        self.exception_texts = exception_texts

    def filter(self, record: logging.LogRecord) -> bool:
        self._hide_exception_in_arguments(record)
        known_as = f"[{request_id.get()}] " if request_id.get() else ""
        record.msg, record.args = known_as + visible(_PROOF.sub(r"\1…", record.getMessage())), ()
        if record.exc_info and record.exc_info[1]:
            record.exc_text = "\n".join(f"    | {visible(line)}" for line in self._lines(record.exc_info[1]))
        return True

    def _hide_exception_in_arguments(self, record: logging.LogRecord) -> None:
        """Celery passes the exception's repr as an argument beside the exception itself."""
        if isinstance(record.args, dict) and "exc" in record.args and record.exc_info and record.exc_info[0]:
            record.args = {**record.args, "exc": record.exc_info[0].__name__}

    def _lines(self, error: BaseException) -> Iterator[str]:
        earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if earlier:
            yield from self._lines(earlier)
            yield "which led to:"
        yield from _places(error.__traceback__)
        yield f"{type(error).__qualname__}: {error}" if self.exception_texts else type(error).__qualname__


def _places(trace: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(trace):
        yield f"{frame.filename}:{frame.lineno} {frame.name}: {frame.line}"


def configuration(level: str, *, exception_texts: bool) -> dict[str, Any]:
    """Everything goes to the console. `exception_texts` is for developers, on invented data."""
    one_line = {"()": "careportal.logs.OneLine", "exception_texts": exception_texts}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"one_line": one_line},
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["one_line"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "celery.worker.strategy": {"level": "WARNING"},  # otherwise two lines for each sweep, every few seconds
            "celery.app.trace": {"level": "WARNING"},
            "notifications_python_client": {"level": "CRITICAL"},  # it quotes what Notify says, which may name people
        },
    }
