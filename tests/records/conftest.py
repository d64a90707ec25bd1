"""A key, and a backup of a small world."""

import pytest

from tests.records import installation, world


@pytest.fixture
def key(settings, tmp_path):
    """A key file; this installation encrypts for it."""
    path = tmp_path / "council.key"
    told = world.run("back_up", "--new-key", path)
    settings.DATA_DIR = tmp_path / "data"
    settings.BACKUP_RECIPIENTS = [told.rpartition("BACKUP_RECIPIENTS=")[2].strip()]
    return path


@pytest.fixture
def people(transactional_db):
    """The people of a small world with every kind of row in it."""
    return world.make()["people"]


@pytest.fixture
def backup(key, people, tmp_path):
    """The file of a backup of that world, which is still there."""
    path = tmp_path / "backup.age"
    world.run("back_up", path)
    return path


@pytest.fixture
def new_installation(db, tmp_path):
    """Makes installations with empty databases; what was made in PostgreSQL is dropped again."""
    made = []

    def make(kind=installation.like_this_run):
        made.append(kind(tmp_path / f"installation-{len(made)}"))
        return made[-1]

    yield make
    for one in made:
        installation.drop(one)
