"""Where the council has a scanner for viruses: its command gets each document before it is stored."""

import logging
import shlex
import subprocess
from typing import IO

from django.conf import settings

from enquiries.exceptions import DocumentRefused

SECONDS = 20
FOUND = 1  # what clamdscan and most others answer then

logger = logging.getLogger(__name__)


def refuse_what_the_scanner_finds(file: IO[bytes]) -> None:
    """Without a command nothing is asked. A scanner that does not work stops the document: it can be sent later."""
    if not settings.DOCUMENT_SCANNER:
        return
    file.seek(0)
    answer = _answer(file.read())
    if answer == FOUND:
        raise DocumentRefused("The selected file was found to be unsafe. Send us its content in another way.")
    if answer:
        logger.error("documents.scanner_failed answer=%s", answer)
        raise DocumentRefused("We cannot check files for viruses at the moment. Try again later, or write to us.")


def _answer(content: bytes) -> int:
    try:
        done = subprocess.run(  # noqa: S603  the operator's own command, without a shell
            shlex.split(settings.DOCUMENT_SCANNER), input=content, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        logger.error("documents.scanner_failed reason=%s", type(error).__name__)
        return -1
    return done.returncode
