"""The environment: secrets that embedded mode makes for itself, and variables that are left empty."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from careportal.environment import kept_secret

ROOT = Path(__file__).resolve().parent.parent


def test_a_secret_is_made_once_and_is_for_the_owners_eyes_only(tmp_path):
    path = tmp_path / "data" / "secret.key"

    first, again = kept_secret(path), kept_secret(path)

    assert first == again
    assert len(first) >= 50
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == ["secret.key"]


def test_two_installations_have_different_secrets(tmp_path):
    assert kept_secret(tmp_path / "one") != kept_secret(tmp_path / "two")


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path):
    path = str(tmp_path / "key")
    command = f"import pathlib, careportal.environment as e; print(e.kept_secret(pathlib.Path({path!r})))"
    with ThreadPoolExecutor(6) as pool:
        run = [pool.submit(subprocess.check_output, [sys.executable, "-c", command], cwd=ROOT) for _ in range(6)]

    assert len({one.result() for one in run}) == 1


def test_a_variable_left_empty_counts_as_not_set():
    empty = {name: "" for name in ("DATA_DIR", "PORT", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "COUNCIL", "BASE_URL")}
    command = "from careportal import settings; print(settings.DATA_DIR, settings.PORT, settings.COUNCIL.key)"

    told = subprocess.check_output([sys.executable, "-c", command], cwd=ROOT, env={**os.environ, **empty}, text=True)

    assert told.split() == [str(ROOT / "var" / "barking_and_dagenham"), "8000", "barking_and_dagenham"]
