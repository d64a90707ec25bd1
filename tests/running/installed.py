"""A portal as `make run` makes it, with demo accounts and mail that is kept: of whatever council, in its own folder."""

import os
from pathlib import Path

from tests import services
from tests.faults.portal import QUICK, Portal


def install(folder: Path, **more: str) -> Portal:
    """Set up as `make run` does, in `folder`/data, with the settings of tests: nothing has to be built or collected."""
    folder.mkdir(exist_ok=True)
    port = services.free_port()
    given = {"DATA_DIR": str(folder / "data"), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    dropped = {"DATABASE_URL", "REDIS_URL", "REDIS_PREFIX", "COUNCIL", "PACKS_DIR"}
    inherited = {name: value for name, value in os.environ.items() if name not in dropped}
    portal = Portal(folder, {**inherited, **QUICK, **given, **more}, port)
    portal.manage("set_up")
    return portal
