"""The README tells all: what is set by the environment stands in its table."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_setting_stands_in_the_table_and_nothing_else_does():
    code = "".join(path.read_text() for path in (ROOT / "careportal").glob("*.py"))
    read = set(re.findall(r'(?:env\.\w+|environ\.get)\(\s*"([A-Z_]+)"', code)) | {"DEBUG"}
    table = (ROOT / "README.md").read_text().split("## Settings")[1].split("## Decisions")[0]
    told = set(
        re.findall(r"`([A-Z][A-Z_]+)`", "\n".join(line.split("|")[1] for line in table.splitlines() if "|" in line))
    )

    assert read == told


def test_both_commands_are_named():
    text = (ROOT / "README.md").read_text()

    assert "`make run`" in text
    assert "`make test`" in text
