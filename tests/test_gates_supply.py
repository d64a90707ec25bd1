"""The gates of SECURITY about what the portal is built on, and what must not stand in its tree or history."""

import json
import re
import subprocess

import pytest

from tests.production import ROOT

# A name and its version, perhaps for which machines, and hashes: nothing else stands in a lock.
LOCKED = re.compile(
    r"[a-z0-9][a-z0-9.-]*(\[[a-z,]+\])?==[0-9a-z.]+( ; [A-Za-z0-9_ .<>=!'()]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+"
)
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_locked_with_its_hashes_and_no_lock_names_an_address(lock):
    """(SC1)"""
    text = (ROOT / lock).read_text()
    packages = re.split(r"\n(?=\S)", text.strip())

    assert packages
    assert [package for package in packages if not LOCKED.fullmatch(package)] == []


def test_the_lock_of_browser_packages_has_hashes_and_no_address():
    """(SC1)"""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    locked = {name: package for name, package in packages.items() if name and not package.get("link")}

    assert locked
    assert all("integrity" in package for package in locked.values())
    assert not any("resolved" in package for package in locked.values())


# Written in two halves, so that this file does not find itself.
SECRETS = re.compile(
    "|".join(
        [
            "-----BEGIN [A-Z ]*" + "PRIVATE KEY-----",
            r"\bAKIA" + r"[0-9A-Z]{16}\b",
            r"\bgh[pousr]_" + r"[A-Za-z0-9]{36}\b",
            r"\bgithub_pat_" + r"[A-Za-z0-9_]{40,}",
            r"\bglpat-" + r"[A-Za-z0-9_-]{20}\b",
            r"\bxox[abprs]-" + r"[A-Za-z0-9-]{10,}",
            r"\bsk_live_" + r"[A-Za-z0-9]{20,}",
            r"\bAIza" + r"[A-Za-z0-9_-]{35}\b",
            r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ" + r"[A-Za-z0-9_-]{20,}\.",
            r"\b(?i:secret_key|password|api_key|token)\s*[:=]\s*[\"'](?!for-tests|invented)"
            + r"[A-Za-z0-9+/_-]{32,}[\"']",
            r"\b[a-z]+://[^\s:/@\"'{}$<>]+:(?!invented|secret|password@)" + r"[^\s:/@\"'{}$<>]{6,}@(?!example)",
        ]
    )
)


def test_no_secret_stands_in_the_tree():
    """(SC5)"""
    listed = git("ls-files", "--cached", "--others", "--exclude-standard")
    found = []
    for name in listed.splitlines():
        path = ROOT / name
        if path.is_file():
            found += [f"{name}: {hit[0][:12]}…" for hit in SECRETS.finditer(path.read_text(errors="replace"))]

    assert found == []


def test_no_secret_was_ever_in_the_history():
    """(SC5)"""
    history = git("log", "--all", "--patch", "--unified=0", "--no-color", "--no-textconv", "--format=commit %h%n%B")

    assert [f"{hit[0][:12]}…" for hit in SECRETS.finditer(history)] == []


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "a1" * 18,
        "SECRET_KEY = '" + "k3y" * 14 + "'",
        "postgres://portal:" + "hunter22@db.internal/portal",
    ],
)
def test_the_search_for_secrets_finds_them(secret):
    assert SECRETS.search(secret)


def git(*command):
    done = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        pytest.skip("this is no git checkout")
    return done.stdout
