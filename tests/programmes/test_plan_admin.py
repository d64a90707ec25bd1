"""Pages and the strategy, as officers edit them."""

import datetime as dt

import pytest
from django.utils import timezone

from programmes.exceptions import NotContinued
from programmes.models import Page, PageFigure, Strategy, Workstream
from programmes.services import continue_workstream
from tests.factories import (
    ObjectiveFactory,
    PageFactory,
    ProgrammeFactory,
    StakeholderFactory,
    StrategyFactory,
    UserFactory,
    WorkstreamFactory,
)

pytestmark = pytest.mark.django_db

LONG_AGO = dt.date(2026, 1, 5)


@pytest.fixture
def browser(browser_of, officer):
    return browser_of(officer)


@pytest.fixture
def lead():
    return UserFactory(lead=True)


@pytest.fixture
def leads_browser(browser_of, lead):
    return browser_of(lead)


@pytest.fixture
def page():
    return PageFactory(title="In figures", updated_on=LONG_AGO)


def change(row):
    return f"/admin/programmes/{row._meta.model_name}/{row.pk}/change/"


def typed(browser, address, **changed):
    """The form as a browser would send it back, with these changes."""
    context = browser.get(address).context
    forms = [context["adminform"].form, *(one.formset.management_form for one in context["inline_admin_formsets"])]
    forms += [form for one in context["inline_admin_formsets"] for form in one.formset.forms]
    values = {form.add_prefix(name): form[name].value() for form in forms for name in form.fields}
    return {name: value for name, value in {**values, **changed}.items() if value is not None and value is not False}


def send(browser, address, **changed):
    return browser.post(address, typed(browser, address, **changed))


# --- Pages


def test_an_officer_changes_a_page_and_its_day_follows(browser, page, client):
    assert send(browser, change(page), body="# New\n\nwords").status_code == 302

    page.refresh_from_db()
    assert (page.body, page.updated_on) == ("# New\r\n\r\nwords".replace("\r\n", "\n"), timezone.localdate())
    assert "New</h2>" in client.get(page.get_absolute_url()).content.decode()


def test_a_new_day_of_review_is_no_update(browser, page):
    send(browser, change(page), review_due_on="2030-01-01")

    page.refresh_from_db()
    assert (page.review_due_on, page.updated_on) == (dt.date(2030, 1, 1), LONG_AGO)


def test_a_changed_figure_is_an_update(browser, page):
    PageFigure.objects.create(page=page, value="10%", what="of jobs", source="The council", as_of="2022")

    send(browser, change(page), **{"figures-0-value": "11%"})

    page.refresh_from_db()
    assert (page.figures.get().value, page.updated_on) == ("11%", timezone.localdate())


def test_a_figure_never_stands_without_its_source_and_date(browser, page):
    PageFigure.objects.create(page=page, value="10%", what="of jobs", source="The council", as_of="2022")

    answer = send(browser, change(page), **{"figures-0-source": "", "figures-0-as_of": ""})

    assert answer.content.decode().count("This field is required") >= 2
    assert page.figures.get().source == "The council"


def test_a_preview_shows_the_page_keeps_what_was_typed_and_saves_nothing(browser, page):
    figure = PageFigure.objects.create(page=page, value="10%", what="of jobs", source="The council", as_of="2022")

    answer = send(
        browser, change(page), _preview="yes", title="Anew", body="A **bold** word", **{"figures-0-value": "11%"}
    )

    shown = answer.content.decode()
    for words in ("Nothing has been saved yet", "A <strong>bold</strong> word", "<strong>11%</strong>", "Anew"):
        assert words in shown
    assert "A **bold** word</textarea>" in shown
    page.refresh_from_db()
    figure.refresh_from_db()
    assert (page.title, page.updated_on, figure.value) == ("In figures", LONG_AGO, "10%")
    assert page.history.count() == 1


def test_what_a_colleague_saved_meanwhile_is_not_written_over_unseen(browser, page):
    mine = typed(browser, change(page), body="My words.")
    send(browser, change(page), body="The words of a colleague.")

    told = browser.post(change(page), mine)

    page.refresh_from_db()
    assert page.body == "The words of a colleague."
    assert "Somebody else saved this since you opened it." in told.content.decode()
    assert "My words." in told.content.decode()

    again = {**mine, "opened": told.context["adminform"].form["opened"].value()}
    assert browser.post(change(page), again).status_code == 302
    page.refresh_from_db()
    assert page.body == "My words."


def test_nor_is_a_work_stream(leads_browser):
    workstream = WorkstreamFactory()
    mine = typed(leads_browser, change(workstream), title="My title")
    send(leads_browser, change(workstream), title="The title of a colleague")

    leads_browser.post(change(workstream), mine)

    workstream.refresh_from_db()
    assert workstream.title == "The title of a colleague"


def test_a_page_that_is_new_is_looked_at_before_it_is_there(browser):
    answer = send(
        browser,
        "/admin/programmes/page/add/",
        _preview="yes",
        title="A page",
        slug="a-page",
        summary="In short.",
        body="Words.",
    )

    assert "This is how the page would read" in answer.content.decode()
    assert not Page.objects.exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<script>x</script>", "must not have HTML in it"),
        ("![A](https://www.example.org/a.png)", "must not have pictures in it"),
        ("[here](javascript:x)", "has a link that does not work"),
        ("x" * 20_001, "at most 20000 characters"),
        ("nul \x00", "Null characters"),
        ("", "This field is required"),
    ],
)
@pytest.mark.parametrize("button", ["_save", "_preview"])
def test_a_text_that_would_not_show_is_refused_and_kept(browser, page, text, reason, button):
    answer = send(browser, change(page), body=text, **{button: "yes"})

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert reason in shown
    assert "This is how the page would read" not in shown
    page.refresh_from_db()
    assert page.body == "What the page says."


@pytest.mark.parametrize("strange", [{"position": "9" * 30}, {"review_due_on": "2026-02-30"}, {"title": "x" * 200}])
def test_what_fits_no_column_is_refused(browser, page, strange):
    assert send(browser, change(page), **strange).status_code == 200


def test_the_address_of_a_page_stays(browser, page):
    before = page.slug

    send(browser, change(page), slug="another")

    page.refresh_from_db()
    assert page.slug == before


def test_a_page_has_a_history_with_who_changed_what(browser, page, officer):
    send(browser, change(page), title="In new figures")

    shown = browser.get(change(page).replace("change", "history")).content.decode()

    assert "In figures → In new figures" in shown
    assert officer.email in shown or officer.name in shown


def test_the_list_tells_which_reviews_are_due(browser, page):
    PageFactory(title="Old words", due=True)

    shown = browser.get("/admin/programmes/page/?review=due").content.decode()

    assert "Due since" in shown
    assert "Old words" in shown
    assert "In figures" not in shown


def test_a_view_only_officer_reads_pages_and_changes_none(browser_of, viewer, page):
    browser = browser_of(viewer)

    shown = browser.get(change(page)).content.decode()

    assert "In figures" in shown
    assert 'name="_preview"' not in shown
    assert browser.post(change(page), {"title": "x"}).status_code == 403


def test_pages_are_closed_to_others(client, page):
    assert client.get(change(page)).headers["Location"].startswith("/account/login/")


# --- The strategy


def test_a_lead_officer_changes_the_strategy_and_officers_only_read_it(browser, leads_browser):
    strategy = StrategyFactory()

    assert send(leads_browser, change(strategy), aim="A better aim.").status_code == 302
    assert browser.post(change(strategy), {"aim": "Another"}).status_code == 403
    assert Strategy.objects.get().aim == "A better aim."


def test_there_is_one_strategy(leads_browser):
    add = "/admin/programmes/strategy/add/"
    assert send(leads_browser, add, title="Ours", aim="An aim.").status_code == 302
    assert Strategy.objects.get().pk == 1

    assert leads_browser.get(add).status_code == 403


def test_a_work_stream_that_ended_says_why(leads_browser):
    workstream = WorkstreamFactory()

    refused = send(leads_browser, change(workstream), state="ended")
    assert "Say why it ended" in refused.content.decode()

    send(leads_browser, change(workstream), state="ended", why="No money.")
    assert Workstream.objects.get().state == "ended"


@pytest.mark.parametrize(
    "strange",
    [
        {"programmes": ["9" * 30]},
        {"partners": ["x"]},
        {"lead": "9" * 30},
        {"year": "9" * 30},
        {"year": "1066"},
        {"objective": "0"},
        {"description": "<b>Bold</b>"},
        {"state": "asleep"},
    ],
)
def test_what_a_work_stream_cannot_be_is_refused(leads_browser, strange):
    workstream = WorkstreamFactory()

    assert send(leads_browser, change(workstream), **strange).status_code == 200


def test_an_objective_number_is_used_once(leads_browser):
    one, other = ObjectiveFactory(number=1), ObjectiveFactory(number=2)

    assert "Another objective has this number" in send(leads_browser, change(other), number="1").content.decode()
    assert one.number == 1


def test_what_work_streams_need_is_not_deleted(leads_browser):
    workstream = WorkstreamFactory(lead=StakeholderFactory())

    for row in (workstream.objective, workstream.lead, workstream.objective.strategy):
        assert leads_browser.post(change(row).replace("change", "delete"), {"post": "yes"}).status_code == 403


# --- The following year


def next_year(workstream):
    return f"/admin/programmes/workstream/{workstream.pk}/next-year/"


def test_the_following_year_begins_from_this_one(leads_browser):
    before = WorkstreamFactory(year=2026, title="Fairs", lead=StakeholderFactory(), state="under_way", why="As agreed.")
    before.partners.add(StakeholderFactory())
    before.programmes.add(ProgrammeFactory())

    answer = leads_browser.post(next_year(before), follow=True)

    after = before.continued_by
    assert "Fairs (2027/28) is planned" in answer.content.decode()
    assert (after.year, after.title, after.state, after.why, after.lead) == (2027, "Fairs", "planned", "", before.lead)
    assert list(after.partners.all()) == list(before.partners.all())
    assert list(after.programmes.all()) == list(before.programmes.all())


@pytest.mark.parametrize(
    ("trait", "reason"),
    [
        ({"state": "ended", "why": "No money."}, "It has ended"),
        ({"year": 2098}, "No year after 2098/99"),
    ],
)
def test_a_work_stream_with_nothing_after_it_is_not_continued(lead, trait, reason):
    with pytest.raises(NotContinued, match=reason):
        continue_workstream(workstream_id=WorkstreamFactory(**trait).pk, by=lead)


def test_a_year_is_begun_once(lead, leads_browser):
    before = WorkstreamFactory(title="Fairs")
    continue_workstream(workstream_id=before.pk, by=lead)

    answer = leads_browser.post(next_year(before), follow=True)

    assert "continues it already" in answer.content.decode()
    assert Workstream.objects.count() == 2


def test_a_title_that_the_following_year_has_is_not_taken_twice(lead):
    before = WorkstreamFactory(title="Fairs")
    WorkstreamFactory(objective=before.objective, title="Fairs", year=2027)

    with pytest.raises(NotContinued, match="has a work stream of this title"):
        continue_workstream(workstream_id=before.pk, by=lead)


def test_only_lead_officers_begin_a_year(officer, browser):
    before = WorkstreamFactory()

    with pytest.raises(NotContinued, match="lead officer"):
        continue_workstream(workstream_id=before.pk, by=officer)
    assert browser.post(next_year(before)).status_code == 403
    assert browser.get(next_year(before)).status_code == 405


def test_a_work_stream_that_is_gone_has_no_following_year(lead, leads_browser):
    with pytest.raises(NotContinued, match="no such work stream"):
        continue_workstream(workstream_id=1, by=lead)
    assert leads_browser.post("/admin/programmes/workstream/1/next-year/").status_code == 404
