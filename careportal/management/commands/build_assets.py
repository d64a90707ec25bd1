"""Builds the portal's styles and scripts and collects all static files. Does nothing when nothing has changed."""

import fcntl
import hashlib
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from careportal.kit import node

ROOT: Path = settings.BASE_DIR
SOURCES = ROOT / "static" / "src"
BUILT = ROOT / "static" / "built"
SHEETS = ("portal", "officers")  # for every page, and for the officers' pages besides
COLLECTED = Path(settings.STATIC_ROOT)
MODULES = ROOT / "node_modules"
PACKAGES = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]


class Command(BaseCommand):
    help = "Build styles and scripts from static/src and collect all static files. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="build even when nothing has changed")

    def handle(self, *args: Any, force: bool = False, **options: Any) -> None:
        """Three stamps, each the hash of what its step depends on, let a step be left out."""
        BUILT.mkdir(parents=True, exist_ok=True)
        with _alone(BUILT / ".lock"):
            packages, sources = _digest(PACKAGES), _digest([*PACKAGES, *_files(SOURCES)])
            everything = _digest([*PACKAGES, *_files(SOURCES), *ROOT.glob("requirements*.txt")]) + _storage()
            if (
                force
                or not all((BUILT / f"{name}.css").is_file() for name in SHEETS)
                or not _stamped(BUILT / ".stamp", sources)
            ):
                self._build(packages, force)
                _stamp(BUILT / ".stamp", sources)
            if force or not COLLECTED.is_dir() or not _stamped(COLLECTED.with_suffix(".stamp"), everything):
                self._step("collect", collect)
                _stamp(COLLECTED.with_suffix(".stamp"), everything)
        self.stdout.write("Assets are up to date.")

    def _build(self, packages: str, force: bool) -> None:
        tools = self._step("node", lambda: node.find(ROOT / "requirements-node.txt"))
        if force or not _stamped(MODULES / ".stamp", packages):
            self._step("packages", lambda: run(*tools.npm, "ci"))
            _stamp(MODULES / ".stamp", packages)
        self._step("styles", lambda: styles(tools))
        self._step("scripts", lambda: scripts(tools))

    def _step(self, name: str, work: Callable[[], Any]) -> Any:
        self.stdout.write(f"{name:<10}", ending="")
        self.stdout.flush()
        started = time.monotonic()
        result = work()
        self.stdout.write(f"{time.monotonic() - started:6.1f} s")
        return result


def styles(tools: node.Node) -> None:
    """One style sheet. Written beside its place first, so that nobody ever reads half of it."""
    sass = MODULES / "sass" / "sass.js"
    options = ["--quiet-deps", "--style=compressed", "--no-source-map", f"--load-path={MODULES}"]
    for name in SHEETS:
        fresh = BUILT / f".{name}.css"
        run(*tools.node, str(sass), *options, str(SOURCES / "styles" / f"{name}.scss"), str(fresh))
        fresh.replace(BUILT / f"{name}.css")


def scripts(tools: node.Node) -> None:
    """The bundle, and the line that runs before the page is drawn. esbuild is called through node, not by its link."""
    esbuild = MODULES / "esbuild" / "bin" / "esbuild"
    options = ["--minify", "--target=es2020", "--legal-comments=none", "--log-level=warning"]
    for source, more in (("portal.js", ["--bundle", "--format=esm"]), ("js-enabled.js", [])):
        entry, fresh = SOURCES / "scripts" / source, BUILT / f".{source}"
        run(*tools.node, str(esbuild), str(entry), *options, *more, f"--outfile={fresh}")
        fresh.replace(BUILT / source)


def collect() -> None:
    """Copy, hash and compress every app's static files.

    What earlier builds left stays: while servers restart one by one, pages of the old one still ask for it.
    """
    call_command("collectstatic", interactive=False, verbosity=0)


def run(*command: str) -> None:
    """Run a build tool quietly; when it fails, show what it said. The environment stays: npm needs its certificates."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise CommandError(f"{' '.join(command[:3])} failed:\n{done.stdout}{done.stderr}")


def _storage() -> str:
    """How files are stored: what was collected without hashes, by tests say, is no good to a server."""
    return str(settings.STORAGES["staticfiles"]["BACKEND"])


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _stamped(stamp: Path, value: str) -> bool:
    return stamp.is_file() and stamp.read_text() == value


def _stamp(stamp: Path, value: str) -> None:
    fresh = stamp.with_name(f"{stamp.name}.{os.getpid()}")
    fresh.write_text(value)
    fresh.replace(stamp)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One build at a time in this checkout; a second one waits and then finds the work done."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
