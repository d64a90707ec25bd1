"""The strategy and the pages of a council pack: how they are read, refused and loaded."""

import datetime as dt

import pytest

from careportal.kit.markdown import links
from careportal.kit.packfile import PackError, read
from programmes.listings import Listings
from programmes.models import Objective, Page, Stakeholder, Strategy, Workstream
from programmes.plans import read_pages, read_strategy
from programmes.services import load_plans
from tests.factories import ProgrammeFactory

STRATEGY = """
title: A strategy
aim: Enough people who like their work.
stakeholders:
  - {slug: the-team, name: The team, kind: team, is_member: true}
  - {slug: a-college, name: A college, kind: organisation}
objectives:
  - number: 1
    title: Recruitment
    workstreams:
      - {title: Fairs, year: 2016/17, state: delivered, lead: the-team}
      - title: More fairs
        year: 2017/18
        state: under_way
        partners: [a-college]
        programmes: [a-fair]
        continues: Fairs
  - number: 2
    title: Training
"""

PAGE = """---
title: The sector in figures
summary: What the numbers say.
updated_on: 2026-11-28
review_due_on: 2027-05-28
figures:
  - {value: "10%", what: of all jobs, source: The council, as_of: "2022"}
---

## Jobs

One in ten.
"""


@pytest.fixture
def pack(tmp_path):
    """A pack with this strategy and this page in it."""

    def written(strategy: str | None = STRATEGY, page: str | None = PAGE, name: str = "figures.md"):
        (tmp_path / "pages").mkdir(exist_ok=True)
        if strategy is not None:
            (tmp_path / "strategy.yaml").write_text(strategy)
        if page is not None:
            (tmp_path / "pages" / name).write_text(page)
        return tmp_path

    return written


def test_a_strategy_is_read_without_the_database(pack):
    strategy = read_strategy(pack(), {"a-fair"})

    assert [objective.title for objective in strategy.objectives] == ["Recruitment", "Training"]
    assert [one.year for one in strategy.objectives[0].workstreams] == [2016, 2017]


def test_pages_are_read_without_the_database(pack):
    page, text = read_pages(pack())["figures"]

    assert (page.title, page.updated_on) == ("The sector in figures", dt.date(2026, 11, 28))
    assert text == "## Jobs\n\nOne in ten."


def test_a_pack_without_a_strategy_or_pages_has_none(tmp_path):
    assert read_strategy(tmp_path, set()) is None
    assert read_pages(tmp_path) == {}


@pytest.mark.parametrize(
    ("right", "wrong", "line", "reason"),
    [
        ("year: 2016/17", "year: 2016/18", 11, "must be a financial year in quotes"),
        ("state: delivered", "state: ended", 11, "why it ended"),
        ("state: delivered", "state: asleep", 11, "state"),
        ("lead: the-team", "lead: nobody", 11, "no stakeholder is named nobody"),
        ("partners: [a-college]", "partners: [nobody]", 15, "no stakeholder is named nobody"),
        ("programmes: [a-fair]", "programmes: [nothing]", 16, "no programme is named nothing"),
        ("continues: Fairs", "continues: Dances", 17, "no work stream of a year before has this title"),
        ("number: 2", "number: 1", 18, "stands here a second time"),
        ("slug: a-college", "slug: the-team", 6, "stands here a second time"),
        ("title: Training", "title: Training\n    description: <b>Bold</b>", 20, "must not have HTML in it"),
        ("kind: organisation", "kind: organisation, website: 'javascript:x'", 6, "must be a web address"),
        ("title: Training", "title: Training\n    colour: blue", 20, "colour"),
        ("aim: Enough", "aim: [Enough", 4, "YAML"),
    ],
)
def test_a_broken_strategy_is_refused_with_file_line_and_reason(pack, right, wrong, line, reason):
    assert right in STRATEGY
    folder = pack(STRATEGY.replace(right, wrong, 1))

    with pytest.raises(PackError) as refused:
        read_strategy(folder, {"a-fair"})

    assert reason in str(refused.value)
    assert f"{folder}/strategy.yaml:{line}:" in str(refused.value)


def test_a_work_stream_cannot_be_continued_twice(pack):
    twice = "      - {title: Again, year: 2018/19, state: planned, continues: Fairs}\n  - number: 2"

    with pytest.raises(PackError, match="another work stream continues this one already"):
        read_strategy(pack(STRATEGY.replace("  - number: 2", twice)), {"a-fair"})


def test_all_problems_of_a_strategy_are_told_at_once(pack):
    broken = STRATEGY.replace("continues: Fairs", "continues: Dances").replace("lead: the-team", "lead: nobody")

    with pytest.raises(PackError) as refused:
        read_strategy(pack(broken), set())

    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("right", "wrong", "line", "reason"),
    [
        ("---\ntitle", "title", 1, "begins with a line of ---"),
        ("title: The sector in figures", "titel: The sector", 2, "titel"),
        ("review_due_on: 2027-05-28", "review_due_on: 2026-11-28", 2, "review_due_on must be after updated_on"),
        ("updated_on: 2026-11-28", "updated_on: 2026-11-31", 4, "day is out of range"),
        ('as_of: "2022"', "as_of: ''", 7, "as_of"),
        ("source: The council, ", "", 7, "source"),
        ("One in ten.", "<script>alert(1)</script>", 9, "must not have HTML in it"),
        ("One in ten.", "[Here](javascript:alert(1))", 9, "has a link that does not work"),
        ("## Jobs\n\nOne in ten.", "", 9, "must have from 1 to 20000 characters"),
        ("One in ten.", "One in ten.\x00", 9, "must have from 1 to 20000 characters"),
    ],
)
def test_a_broken_page_is_refused_with_file_line_and_reason(pack, right, wrong, line, reason):
    assert right in PAGE
    folder = pack(page=PAGE.replace(right, wrong, 1))

    with pytest.raises(PackError) as refused:
        read_pages(folder)

    assert reason in str(refused.value)
    assert f"{folder}/pages/figures.md:{line}:" in str(refused.value)


def test_a_page_is_named_as_its_address_will_read(pack):
    with pytest.raises(PackError, match="name the file in small letters"):
        read_pages(pack(name="The_Plan.md"))


@pytest.mark.django_db
class TestLoading:
    @pytest.fixture(autouse=True)
    def a_fair(self):
        return ProgrammeFactory(slug="a-fair", title="A fair")

    def test_loading_adds_all_that_the_pack_holds(self, pack):
        loaded = load_plans(pack())

        later, earlier = Workstream.objects.by_year()
        assert (loaded.workstreams, loaded.pages) == (["Fairs", "More fairs"], ["The sector in figures"])
        assert (later.continues, earlier.lead) == (earlier, Stakeholder.objects.get(slug="the-team"))
        assert [programme.title for programme in later.programmes.all()] == ["A fair"]
        assert [one.name for one in later.partners.all()] == ["A college"]
        assert Page.objects.listed().get().figures.get().value == "10%"

    def test_loading_twice_changes_nothing(self, pack):
        load_plans(pack())

        again = load_plans(pack())

        assert (again.workstreams, again.pages) == ([], [])
        assert Workstream.objects.count() == 2

    def test_what_officers_changed_renamed_or_took_out_stays_so(self, pack):
        load_plans(pack())
        Strategy.objects.get().save()
        Objective.objects.get(number=2).delete()
        renamed = Workstream.objects.get(year=2016)
        renamed.title = "Job fairs"
        renamed.save()
        Page.objects.get().delete()

        again = load_plans(pack())

        assert (again.workstreams, again.pages) == ([], [])
        assert sorted(Workstream.objects.values_list("title", flat=True)) == ["Job fairs", "More fairs"]
        assert [objective.number for objective in Objective.objects.all()] == [1]
        assert not Page.objects.exists()

    def test_a_new_year_of_the_pack_is_added_to_what_is_there(self, pack):
        load_plans(pack())
        year = "      - {title: Fairs for all, year: 2018/19, state: planned, continues: More fairs}\n  - number: 2"

        loaded = load_plans(pack(STRATEGY.replace("  - number: 2", year)))

        assert loaded.workstreams == ["Fairs for all"]
        assert Workstream.objects.get(year=2018).continues.title == "More fairs"

    def test_a_broken_page_lets_nothing_of_the_pack_in(self, pack):
        with pytest.raises(PackError):
            load_plans(pack(page="no head"))

        assert not Strategy.objects.exists()


@pytest.fixture
def ours(settings):
    """The pack of Barking and Dagenham."""
    return settings.COUNCIL.folder


def test_the_strategy_of_barking_and_dagenham_names_every_programme_of_its_pack(ours):
    programmes = {entry.slug for entry in read(ours / "programmes.yaml", Listings).programmes}
    strategy = read_strategy(ours, programmes)

    carried = {slug for objective in strategy.objectives for one in objective.workstreams for slug in one.programmes}
    assert carried == programmes
    assert [objective.title for objective in strategy.objectives] == [
        "Recruitment and retention",
        "Training and progression",
        "Business sustainability",
    ]
    assert [one.name for one in strategy.stakeholders if one.is_member] == [
        "Inclusive Economy team",
        "Social care team",
    ]


def test_every_page_of_barking_and_dagenham_names_its_source(ours):
    pages = read_pages(ours)

    assert set(pages) == {
        "about",
        "council-plan",
        "getting-into-care",
        "recruitment-and-retention",
        "sector",
        "tenders",
        "training-and-progression",
    }
    for _, text in pages.values():
        assert "Source" in text
    assert [figure.value for figure in pages["sector"][0].figures] == ["More than 8,000", "1 in 10"]
    assert "This portal does not handle tenders" in pages["tenders"][1]


def test_links_of_the_packs_pages_lead_to_pages_that_it_has(ours):
    pages = read_pages(ours)
    inside = {link.href for _, text in pages.values() for link in links(text) if link.href.startswith("/sector/")}

    assert inside
    assert {href.split("/")[2] for href in inside} <= set(pages)
