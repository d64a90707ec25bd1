"""A portal as `make run` makes it, with demo accounts and mail that is kept: of whatever council, in its own folder."""

import json
import os
from pathlib import Path

from tests import services
from tests.faults.portal import QUICK, Portal


def install(folder: Path, **more: str) -> Portal:
    """Set up by the commands of `make run`, in `folder`/data. Nothing runs yet."""
    folder.mkdir(exist_ok=True)
    port = services.free_port()
    given = {"DATA_DIR": str(folder / "data"), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "careportal.settings"}
    dropped = {"DATABASE_URL", "REDIS_URL", "REDIS_PREFIX", "COUNCIL", "PACKS_DIR"}
    inherited = {name: value for name, value in os.environ.items() if name not in dropped}
    portal = Portal(folder, {**inherited, **QUICK, **given, **more}, port)
    portal.manage("build_assets")
    portal.manage("set_up")
    return portal


def demo_accounts(portal: Portal) -> list[dict[str, str]]:
    return json.loads((portal.folder / "data" / "demo_accounts.json").read_text())
