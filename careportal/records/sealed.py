"""Files that only the holder of a key can read: lines of text, compressed, encrypted with age.

Whoever has the public key can write them. The key that reads them stays with the council. What was cut short or
altered is found out while it is read, at the latest at its end.
"""

import gzip
import os
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Literal

import pyrage
from pyrage import x25519

from careportal.records.exceptions import Refused

NO_RECIPIENT = "BACKUP_RECIPIENTS must name public keys of age, with commas between. They begin with age1."
NO_KEYS = "is no key file. Such a file holds a line that begins with AGE-SECRET-KEY-1."


def new_key(path: Path) -> str:
    """Keep a new key in a new file, for its owner's eyes only. Returns its public half."""
    key = x25519.Identity.generate()
    with owners_only(path) as file:
        file.write(f"# public key: {key.to_public()}\n{key}\n".encode())
    return str(key.to_public())


def recipients(public_keys: list[str]) -> list[Any]:
    try:
        return [x25519.Recipient.from_str(key) for key in public_keys]
    except pyrage.RecipientError as error:
        raise Refused(NO_RECIPIENT) from error


def keys(path: Path) -> list[Any]:
    """The keys in a file: one a line, beside lines that begin with #."""
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except FileNotFoundError as error:
        raise Refused(f"There is no file {path}.") from error
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise Refused(f"{path} {NO_KEYS}") from error
    if not found:
        raise Refused(f"{path} {NO_KEYS}")
    return found


@contextmanager
def writing(path: Path, to: list[Any]) -> Iterator[IO[str]]:
    """A new file for lines of text. It appears under its name when it is whole and on the disk, or not at all."""
    refuse_to_overwrite(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _new_file(draft) as file:
            seal = _Careful(file)
            with _thread(lambda pipe: seal.encrypt(pipe, to), ours="wb") as pipe, _zipped(pipe, "wt") as lines:
                yield lines
            file.flush()
            os.fsync(file.fileno())
        refuse_to_overwrite(path)
        draft.rename(path)
        _keep_name(path.parent)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):  # it was never there
            draft.unlink()


def reading(path: Path, with_keys: list[Any]) -> Generator[str, None, None]:
    """The lines of a file. Raises Refused as soon as it turns out that it is not as it was written."""
    try:
        with (
            path.open("rb") as file,
            _thread(lambda pipe: pyrage.decrypt_io(file, pipe, with_keys), ours="rb") as pipe,
            _zipped(pipe, "rt") as lines,
        ):
            yield from lines
    except FileNotFoundError as error:
        raise Refused(f"There is no file {path}.") from error
    except pyrage.DecryptError as error:
        raise Refused(_why_not_opened(path, error)) from error
    except (OSError, EOFError) as error:
        raise Refused(f"{path} is damaged: it was cut short or altered. Take another backup.") from error


def owners_only(path: Path) -> IO[bytes]:
    """A new file that nobody but its owner may read."""
    try:
        return _new_file(path)
    except FileExistsError as error:
        raise Refused(f"{path} exists already. Nothing is overwritten: choose another name.") from error
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from error


def _new_file(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def refuse_to_overwrite(path: Path) -> None:
    if path.exists():
        raise Refused(f"{path} exists already. Nothing is overwritten: choose another name.")


def _why_not_opened(path: Path, error: Exception) -> str:
    if "No matching keys" in str(error):
        return f"This key does not open {path}. Take the key that belonged to BACKUP_RECIPIENTS when it was made."
    return f"{path} is no backup, or it is damaged at its beginning."


def _zipped(pipe: IO[bytes], mode: Literal["rt", "wt"]) -> IO[str]:
    return gzip.open(pipe, mode, compresslevel=6, encoding="utf-8", newline="\n")


class _Careful:
    """pyrage keeps an error of its last write to itself, such as a full disk: it is remembered here."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.error: OSError | None = None

    def encrypt(self, source: IO[bytes], to: list[Any]) -> None:
        try:
            pyrage.encrypt_io(source, self, to)
        finally:
            if self.error:
                raise self.error

    def write(self, data: bytes) -> int:
        try:
            return self.file.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self.file.flush()


@contextmanager
def _thread(work: Callable[[IO[bytes]], None], *, ours: str) -> Iterator[IO[bytes]]:
    """Our end of a pipe, while a thread does this work at the other. The thread's error goes before ours."""
    reads, writes = os.pipe()
    mine, its = (os.fdopen(reads, "rb"), os.fdopen(writes, "wb"))[:: 1 if ours == "rb" else -1]
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with its:
                work(its)
        except BaseException as error:  # pyrage's panics too
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    stopped = False
    try:
        yield mine
    except GeneratorExit:
        stopped = True
        raise
    finally:
        with suppress(BrokenPipeError):
            mine.close()
        thread.join()
        if errors and not stopped:
            raise errors[0]


def _keep_name(folder: Path) -> None:
    """See to it that a power cut does not take the file's name away."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
