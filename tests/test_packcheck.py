"""`manage.py check_pack`: every gap of a pack in one run, by file and line."""

import datetime as dt
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from careportal import council, packcheck

TODAY = dt.date(2026, 11, 28)


@pytest.fixture
def pack(tmp_path):
    """A copy of a pack that can be used."""
    shutil.copytree(council.PACKS / "barking_and_dagenham", tmp_path / "barking_and_dagenham")
    return tmp_path / "barking_and_dagenham"


def change(path, old, new):
    """The number of the line that was changed."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def run(*arguments):
    out = StringIO()
    call_command("check_pack", *arguments, stdout=out)
    return out.getvalue()


def test_our_own_pack_can_be_used():
    assert packcheck.check(council.PACKS / "barking_and_dagenham", TODAY).errors == []


def test_the_pack_of_essex_lacks_only_what_no_source_gives():
    report = packcheck.check(council.PACKS / "essex", TODAY)

    assert {line.split(": still to be set: ")[0].rpartition("/")[2].split(":")[0] for line in report.errors} == {
        "council.yaml"
    }
    assert len(report.errors) == 8
    assert report.warnings == []


def test_everything_that_is_wrong_is_named_in_one_run(pack):
    """In every file, and several in one."""
    wrong = {
        ("council.yaml", "link: must be darker"): ('link: "#5b2167"', 'link: "#b58bbd"'),
        ("council.yaml", "postal_address: Field required"): ("  postal_address:", "  address:"),
        ("council.yaml", "must lie in one of the domains"): ("domains: [lbbd.gov.uk]", "domains: [elsewhere.gov.uk]"),
        ("programmes.yaml", "no partner is named nobody"): ("partners: [timewise]", "partners: [nobody]"),
        ("programmes.yaml", "Choose at least one of"): ("accepts: [inside]", "accepts: [somewhere]"),
    }
    lines = {(file, reason): change(pack / file, *edit) for (file, reason), edit in wrong.items()}
    (pack / "pages" / "plan.md").write_text("---\ntitle: No end\n")
    (pack / "pages" / "html.md").write_text(page("<b>bold</b>"))
    (pack / "pages" / "about.md").unlink()
    (pack / "strategy.yaml").write_text(strategy(programmes="[lost]"))

    report = "\n".join(packcheck.check(pack, TODAY).errors)

    for file, reason in lines:
        assert any(f"/{file}:" in line and reason in line for line in report.splitlines()), reason
    assert f"programmes.yaml:{lines['programmes.yaml', 'no partner is named nobody']}: " in report
    assert "plan.md:1: a page begins with a line of ---" in report
    assert "html.md:8: the text must not have HTML in it" in report
    assert "about.md:1: every pack needs this page" in report
    assert "strategy.yaml:9: objectives.0.workstreams.0.programmes.0: no programme is named lost" in report


def page(text, review_due_on="2027-05-28"):
    head = ["title: A page", "summary: It is about this.", "position: 20", "updated_on: 2020-11-28"]
    return "\n".join(["---", *head, f"review_due_on: {review_due_on}", "---", text, ""])


def strategy(programmes):
    return f"""title: The plan
aim: To have one.
objectives:
  - number: 1
    title: One
    workstreams:
      - title: Doing
        year: "2026/27"
        programmes: {programmes}
        state: planned
  - number: 2
    title: Two
"""


def test_what_should_be_looked_at_is_a_warning_and_no_error(pack):
    (pack / "strategy.yaml").write_text(strategy(programmes="[shift-life-balance]"))
    (pack / "pages" / "old.md").write_text(page("Text.", review_due_on="2026-11-27"))

    report = packcheck.check(pack, dt.date(2027, 12, 1))

    assert report.errors == []
    told = "\n".join(report.warnings)
    assert "council.yaml:10: reviewed_on: was more than a year ago" in told
    assert "strategy.yaml:11: objectives.1: no work stream of this objective has a programme" in told
    assert "old.md:6: review_due_on: this day is past" in told
    assert told.count("no work stream of the strategy carries it out") == 4


def test_what_the_template_leaves_open_is_to_be_mended(pack):
    line = change(pack / "council.yaml", 'telephone: "020 8215 3000"', 'telephone: "[number to be set]"')
    other = change(pack / "programmes.yaml", "name: Timewise", "name: Timewise\n    website: https://www.example.org")

    assert packcheck.check(pack, TODAY).errors == [
        f"{pack}/council.yaml:{line}: still to be set: [number to be set]",
        f"{pack}/programmes.yaml:{other + 1}: still to be set: https://www.example.org",
    ]


@pytest.mark.parametrize("file", ["council.yaml", "programmes.yaml", "strategy.yaml", "pages/about.md"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{", b"- a list", b"\x00", b"key: !!python/object:os.system x"])
def test_a_file_that_is_no_such_file_is_named_and_nothing_breaks(pack, file, content):
    (pack / file).write_bytes(content)

    report = packcheck.check(pack, TODAY)

    assert any(line.startswith(f"{pack / file}:") for line in report.errors), report.errors
    assert all(line.startswith(f"{pack / file}:") for line in report.errors), report.errors


def test_the_command_says_yes_or_no(pack, settings):
    assert "The pack can be used: 0 to mend" in run(str(pack))
    assert "The pack can be used: 0 to mend" in run()

    with pytest.raises(CommandError, match="The pack is not ready: 8 to mend"):
        run("essex")
    with pytest.raises(CommandError, match=r"no council pack named 'nowhere'.*or name a folder"):
        run("nowhere")


def test_a_folder_that_no_council_can_have_as_its_key_is_refused(tmp_path):
    shutil.copytree(council.PACKS / "barking_and_dagenham", tmp_path / "Any-Town")

    errors = packcheck.check(tmp_path / "Any-Town", TODAY).errors

    assert "name the folder in small letters" in errors[0]
    assert "key: must be Any-Town, the name of its folder" in errors[1]
