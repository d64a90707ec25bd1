"""A third council needs a folder of data and no Python: the recipe in README, done as it stands there."""

import os
import re
import subprocess
import sys

import pytest
import requests

from tests import services
from tests.running.installed import install

pytestmark = [pytest.mark.embedded]

README = services.ROOT / "README.md"
VALUES = {
    "[key to be set]": "anytown",
    "[full name to be set]": "Anytown Borough Council",
    "[short name to be set]": "Anytown",
    "[name of the service to be set]": "Help for care",
    "[place to be set]": "Anytown",
    "[number to be set]": "01632 960 001",
    "[subject to be set]": "help for care",
    "[code to be set]": "E00000001",
    "[postcode district to be set]": "AN1",
    "[postcode to be set]": "AN1 1AA",
}


def recipe():
    """The commands of the recipe, one a line."""
    told = README.read_text().split("## A third council")[1]
    return re.search(r"```\n(.*?)```", told, re.DOTALL)[1].splitlines()


def run(command, folder):
    """A line of the recipe: with this run's Python, and a folder of ours for the one in the recipe."""
    line = command.replace(".venv/bin/python", sys.executable).replace("/srv/packs", str(folder))
    given = {**os.environ, "DATA_DIR": str(folder.parent / "nothing")}
    given.pop("DATABASE_URL", None)
    return subprocess.run(line, shell=True, cwd=services.ROOT, env=given, capture_output=True, text=True, timeout=60)


def fill_in(told):
    """Put something made up where check_pack says, and only there."""
    gaps = re.findall(r"^(.*?):(\d+): still to be set: (.*)$", told, re.MULTILINE)
    for path, number, gap in gaps:
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        value = VALUES.get(gap) or gap.replace("example.org", "anytown.test").strip("[]").replace(
            "to be set", "made up"
        )
        assert gap in lines[int(number) - 1]
        lines[int(number) - 1] = lines[int(number) - 1].replace(gap, value)
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
    return len(gaps)


def test_the_recipe_makes_a_portal_of_a_third_council(tmp_path):
    copy, look_through, start = recipe()
    packs = tmp_path / "packs"
    packs.mkdir()
    assert run(copy, packs).returncode == 0

    first = run(look_through, packs)
    assert first.returncode == 1
    assert f"The pack is not ready: {len(first.stdout.splitlines())} to mend" in first.stderr
    for file in ("council.yaml", "programmes.yaml", "strategy.yaml", "pages/about.md", "pages/tenders.md"):
        assert f"{packs}/anytown/{file}:" in first.stdout

    assert fill_in(first.stdout) > 40
    second = run(look_through, packs)
    assert (second.returncode, second.stdout) == (0, "The pack can be used: 0 to mend, 0 to look at.\n")

    given = dict(re.findall(r"(\w+)=(\S+)", start.replace("/srv/packs", str(packs))))
    assert start.endswith("make run")
    portal = install(tmp_path / "portal", **given)
    with services.start_process([sys.executable, "manage.py", "serve", "web"], env=portal.env):
        services.wait_until(portal.answers, what="the portal's start")
        front = requests.get(portal.url, timeout=20)
        programme = requests.get(f"{portal.url}/programmes/first-programme/", timeout=20)

    assert "Support for care providers in Anytown" in front.text
    assert "This service is run by Anytown Borough Council" in front.text
    assert "01632 960001" in front.text
    assert programme.status_code == 200
    assert "Barking" not in front.text + programme.text


def test_the_template_itself_is_no_council(tmp_path):
    done = run(".venv/bin/python manage.py check_pack _template", tmp_path / "packs")

    assert done.returncode == 1
    assert "There is no council pack named '_template'" in done.stderr
