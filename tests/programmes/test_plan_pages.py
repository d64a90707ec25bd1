"""The public pages about the sector, and the strategy."""

import datetime as dt

import pytest

from programmes.models import Page, PageFigure, Workstream
from tests.factories import (
    ObjectiveFactory,
    PageFactory,
    ProgrammeFactory,
    StakeholderFactory,
    StrategyFactory,
    WorkstreamFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def recruitment():
    return ObjectiveFactory(number=1, title="Recruitment and retention")


def words_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_the_sector_lists_public_pages_in_order_and_the_strategy(client, recruitment):
    PageFactory(title="Second", position=20)
    PageFactory(title="First", position=10)
    PageFactory(title="Not yet", hidden=True)

    page = words_of(client.get("/sector/"))

    assert page.index("First") < page.index("Second")
    assert "Not yet" not in page
    assert "Example strategy" in page


def test_a_council_that_has_published_nothing_has_no_empty_pages(client):
    assert [client.get(path).status_code for path in ("/sector/", "/strategy/")] == [404, 404]
    home = words_of(client.get("/"))
    assert 'id="main-content"' in home
    assert "More about the care sector" not in home


def test_a_page_shows_its_figures_with_source_and_date_and_when_it_was_updated(client):
    page = PageFactory(title="In figures", body="## Jobs\n\n<b>One</b> in ten.", updated_on=dt.date(2026, 11, 28))
    PageFigure.objects.create(page=page, value="10%", what="of all jobs", source="The council", as_of="2022")

    shown = words_of(client.get(page.get_absolute_url()))

    for text in ("In figures", "10%", "of all jobs", "Source: The council", "Date: 2022", "28 November 2026"):
        assert text in shown
    assert '<h3 class="govuk-heading-s">Jobs' in shown
    assert "&lt;b&gt;One" in shown


@pytest.mark.parametrize("slug", ["not-there", "hidden", "x" * 500])
def test_a_page_that_is_not_public_is_not_there(client, slug):
    PageFactory(slug="hidden", hidden=True)

    assert client.get(f"/sector/{slug}/").status_code == 404


def test_the_start_page_shows_the_page_about_as_officers_have_it(client):
    PageFactory(slug="about", title="Why we do this", body="Because **care** matters.")

    assert "Because <strong>care</strong> matters." in words_of(client.get("/"))

    Page.objects.update(is_public=False)
    assert "Why we do this" not in words_of(client.get("/"))


def test_the_strategy_keeps_years_side_by_side_and_names_the_group(client, recruitment):
    before = WorkstreamFactory(objective=recruitment, title="Fairs", year=2016, state="delivered")
    WorkstreamFactory(objective=recruitment, title="More fairs", year=2017, state="under_review", continues=before)
    StakeholderFactory(name="The team", is_member=True)
    StakeholderFactory(name="A college", does="It [teaches](https://www.example.org/).")

    page = words_of(client.get("/strategy/"))

    assert page.index("2017/18") < page.index("2016/17")
    for text in ("Objective 1: Recruitment and retention", "Fairs", "Delivered", "Under review", "A college"):
        assert text in page
    assert page.index("The team") < page.index("A college")


def test_an_objective_tells_of_its_work_streams_the_newest_first(client, recruitment):
    team, college = StakeholderFactory(name="The team"), StakeholderFactory(name="A college")
    fair, draft = ProgrammeFactory(title="A fair"), ProgrammeFactory(title="Being written", draft=True)
    before = WorkstreamFactory(objective=recruitment, title="Fairs", year=2016, state="ended", why="No money.")
    now = WorkstreamFactory(objective=recruitment, title="More fairs", year=2017, lead=team, continues=before)
    now.partners.add(college)
    now.programmes.add(fair, draft)
    WorkstreamFactory(title="Of another objective")

    page = words_of(client.get("/strategy/objectives/1/"))

    assert page.index("More fairs") < page.index("No money.")
    for text in ("The team", "A college", fair.get_absolute_url(), "Ended", "Fairs (2016/17)", "More fairs (2017/18)"):
        assert text in page
    assert "Being written" not in page
    assert "Of another objective" not in page


def test_an_objective_without_work_streams_says_so(client, recruitment):
    assert "No work stream has begun" in words_of(client.get("/strategy/objectives/1/"))


def test_a_year_shows_its_work_streams_by_objective(client, recruitment):
    WorkstreamFactory(objective=recruitment, title="Fairs", year=2016)
    WorkstreamFactory(title="Later", year=2017)

    page = words_of(client.get("/strategy/years/2016-17/"))

    assert "Fairs" in page
    assert "Later" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/strategy/objectives/2/",
        "/strategy/objectives/99999999999999999999999/",
        "/strategy/objectives/0/",
        "/strategy/years/2018-19/",
        "/strategy/years/2016-18/",
        "/strategy/years/9999-00/",
        "/strategy/years/x/",
    ],
)
def test_what_the_strategy_does_not_have_is_not_there(client, recruitment, path):
    WorkstreamFactory(objective=recruitment, year=2016)

    assert client.get(path).status_code == 404


def test_a_programme_says_which_objective_it_serves(client, recruitment):
    programme = ProgrammeFactory()
    WorkstreamFactory(objective=recruitment).programmes.add(programme)
    WorkstreamFactory(objective=recruitment, year=2017).programmes.add(programme)

    page = words_of(client.get(programme.get_absolute_url()))

    assert page.count("Objective 1: Recruitment and retention") == 1
    assert "/strategy/objectives/1/" in page


def test_the_strategy_takes_the_same_few_queries_however_long(client, recruitment, django_assert_max_num_queries):
    for year in range(2010, 2020):
        WorkstreamFactory(objective=recruitment, year=year).programmes.add(ProgrammeFactory())
    assert Workstream.objects.count() == 10

    for path in ("/strategy/", "/strategy/objectives/1/", "/strategy/years/2016-17/", "/sector/"):
        with django_assert_max_num_queries(8):
            client.get(path)


def test_a_strategy_without_objectives_is_shown(client):
    StrategyFactory()

    assert "Enough people who like their work." in words_of(client.get("/strategy/"))
