"""What pages load: built from locked packages, ours in look, small, and built again only when something changed."""

import gzip
import json
import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from careportal.kit import node
from careportal.management.commands import build_assets

ROOT: Path = settings.BASE_DIR
BUILT = ROOT / "static" / "built"


@pytest.fixture
def built() -> Path:
    if not (BUILT / "portal.css").exists():
        missing = "the assets are not built: run manage.py build_assets"
        pytest.fail(missing) if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip(missing)
    return BUILT


def test_packages_are_locked_by_hash_and_name_no_address() -> None:
    """(SC1)"""
    lock = json.loads((ROOT / "package-lock.json").read_text())
    wanted = json.loads((ROOT / "package.json").read_text())

    assert all(re.fullmatch(r"[0-9.]+", version) for version in wanted["dependencies"].values())
    for name, package in lock["packages"].items():
        assert "resolved" not in package
        assert name == "" or package["integrity"].startswith("sha512-")


def test_node_from_python_is_locked_by_hash() -> None:
    """(SC1)"""
    assert (ROOT / "requirements-node.txt").read_text().count("--hash=sha256:") > 1


def test_styles_hold_nothing_that_is_gov_uks_own_and_load_nothing(built: Path) -> None:
    """(HC9) The crest and the typeface are not for councils."""
    css = (built / "portal.css").read_text()

    for theirs in ("GDS Transport", "crest", "@font-face", "#1d70b8", "url(", "@import"):
        assert theirs not in css


def test_styles_take_every_colour_of_the_council_from_its_sheet(built: Path) -> None:
    css = (built / "portal.css").read_text()

    for name in (
        "--govuk-brand-colour",
        "--govuk-link-colour",
        "--portal-button-colour",
        "--portal-button-hover-colour",
    ):
        assert f"var({name}" in css


def test_scripts_and_styles_are_small(built: Path) -> None:
    """25 kB compressed at most for a public page; gzip, which is the larger of our two."""
    sizes = [
        len(gzip.compress((built / name).read_bytes(), 9)) for name in ("portal.css", "portal.js", "js-enabled.js")
    ]

    assert sum(sizes) <= 25_000


def test_nothing_points_at_a_source_map(built: Path) -> None:
    """(HC13)"""
    assert not list(built.glob("*.map"))
    assert not any("sourceMappingURL" in path.read_text() for path in built.glob("portal.*"))


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """A checkout of its own with the build steps replaced by a list of what was done."""
    done: list[str] = []
    for name in ("static/src/styles", "static/built", "static/collected", "node_modules"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc", "static/src/styles/portal.scss"):
        (tmp_path / name).write_text(name)

    def styles(tools: node.Node) -> None:
        done.append("styles")
        for name in ("portal.css", "officers.css"):
            (tmp_path / "static/built" / name).write_text("css")

    paths = {"ROOT": "", "SOURCES": "static/src", "BUILT": "static/built", "MODULES": "node_modules"}
    for name, path in {**paths, "COLLECTED": "static/collected"}.items():
        monkeypatch.setattr(build_assets, name, tmp_path / path)
    packages = [tmp_path / name for name in ("package.json", "package-lock.json", ".npmrc")]
    monkeypatch.setattr(build_assets, "PACKAGES", packages)
    monkeypatch.setattr(build_assets.node, "find", lambda requirements: node.Node(("node",), ("npm",)))
    monkeypatch.setattr(build_assets, "run", lambda *command: done.append("packages"))
    monkeypatch.setattr(build_assets, "styles", styles)
    monkeypatch.setattr(build_assets, "scripts", lambda tools: done.append("scripts"))
    monkeypatch.setattr(build_assets, "collect", lambda: done.append("collect"))
    return tmp_path, done


def build(done: list[str]) -> list[str]:
    done.clear()
    call_command("build_assets", verbosity=0)
    return list(done)


def test_a_second_build_does_nothing(workshop) -> None:
    _, done = workshop

    assert build(done) == ["packages", "styles", "scripts", "collect"]
    assert build(done) == []


@pytest.mark.parametrize(
    ("changed", "steps"),
    [
        ("static/src/styles/portal.scss", ["styles", "scripts", "collect"]),
        ("static/src/styles/new.scss", ["styles", "scripts", "collect"]),
        ("package-lock.json", ["packages", "styles", "scripts", "collect"]),
        ("requirements.txt", ["collect"]),
    ],
)
def test_what_changed_decides_what_is_built(workshop, changed: str, steps: list[str]) -> None:
    root, done = workshop
    build(done)

    (root / changed).write_text("changed")

    assert build(done) == steps


def test_what_one_way_of_storing_collected_is_not_taken_for_anothers(workshop, settings) -> None:
    _, done = workshop
    build(done)

    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}

    assert build(done) == ["collect"]


def test_files_that_went_missing_are_built_again(workshop) -> None:
    root, done = workshop
    build(done)

    (root / "static/built/portal.css").unlink()
    assert build(done) == ["styles", "scripts"]
    (root / "static/collected").rmdir()
    assert build(done) == ["collect"]


def test_a_step_that_fails_says_why_and_is_tried_again(workshop, monkeypatch) -> None:
    _, done = workshop
    styles = build_assets.styles

    def broken(tools: node.Node) -> None:
        raise CommandError("portal.scss: expected }")

    monkeypatch.setattr(build_assets, "styles", broken)
    with pytest.raises(CommandError, match="expected }"):
        build(done)
    monkeypatch.setattr(build_assets, "styles", styles)

    assert build(done) == ["styles", "scripts", "collect"]


def test_an_old_node_is_passed_over_for_the_packaged_one(tmp_path, monkeypatch) -> None:
    packaged = node.Node(("packaged",), ("packaged", "npm"))
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v18.19.1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node, "_packaged", lambda: packaged)

    assert node.find(tmp_path / "requirements-node.txt") == packaged


def test_without_any_node_the_locked_one_is_installed_with_its_hashes(tmp_path, monkeypatch) -> None:
    """(SC1)"""
    commands: list[list[str]] = []
    packaged = iter([None, node.Node(("packaged",), ("packaged", "npm"))])
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node, "_packaged", lambda: next(packaged))
    monkeypatch.setattr(node.subprocess, "run", lambda command, **options: commands.append(command))

    assert node.find(tmp_path / "requirements-node.txt").node == ("packaged",)
    assert "--require-hashes" in commands[0]


def test_collected_files_carry_their_hash_and_are_compressed(built: Path, tmp_path, settings) -> None:
    """(HC7) A page of an old release keeps finding its own files."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

    build_assets.collect()

    names = [path.name for path in tmp_path.iterdir()]
    assert any(re.fullmatch(r"portal\.[0-9a-f]{12}\.css", name) for name in names)
    assert any(re.fullmatch(r"portal\.[0-9a-f]{12}\.css\.br", name) for name in names)
    assert not [name for name in names if name.startswith(".")]
