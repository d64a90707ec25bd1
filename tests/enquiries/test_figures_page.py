"""The page of figures: the same numbers for each role, each with the list behind it (DI12)."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from enquiries import figures
from enquiries.figures import Scope
from enquiries.periods import Period, quarter_of
from tests.enquiries.summer import a_summer_of_enquiries, came_in, enquiries
from tests.factories import (
    UserFactory,
)

pytestmark = pytest.mark.django_db

PAGE = "/admin/figures/"
FIRST, LAST = dt.date(2026, 7, 1), dt.date(2026, 9, 30)
SUMMER = Period(FIRST, LAST, "Summer")


@pytest.fixture
def world(db):
    return a_summer_of_enquiries()


CUSTOM = {
    **{"period": "custom", "first-day": "1", "first-month": "7", "first-year": "2026"},
    **{"last-day": "30", "last-month": "9", "last-year": "2026"},
}


def shown(browser, **filters) -> dict[str, dict[str, list]]:
    sections = browser.get(PAGE, CUSTOM | filters).context["sections"]
    return {
        one["section"].name: {label: [number for number, _ in cells] for label, cells in one["lines"]}
        for one in sections
    }


@pytest.mark.parametrize("role", ["viewer", "officer", "lead", "administrator"])
def test_everybody_on_the_staff_sees_the_same_numbers_in_every_filter(world, browser_of, role):
    """DI12: for each role and filter."""
    browser = browser_of(UserFactory(**{role: True}))

    for filters, scope in (
        ({}, Scope()),
        ({"programme": world["other"].pk}, Scope(programme=world["other"].pk)),
        ({"partner": world["partner"].pk}, Scope(partner=world["partner"].pk)),
        ({"theme": "training"}, Scope(theme="training")),
    ):
        page = shown(browser, **filters)
        counted = figures.by_channel(SUMMER, scope)
        assert (
            page["channels"]["Online"][0]
            == counted["online"]
            == sum(one.channel == "online" and came_in(one, SUMMER) for one in enquiries(scope))
        )
        assert (
            page["speed"]["First reply: median in working days"][0]
            == figures.speed(SUMMER, scope, figures.REPLY).median
        )


def test_a_number_leads_to_the_list_with_as_many_enquiries(world, officer, browser_of):
    """DI12: a number equals the list behind it."""
    browser = browser_of(officer)
    sections = browser.get(PAGE).context["sections"]
    links = [(number, href) for one in sections for _, cells in one["lines"] for number, href in cells if href]

    assert links
    for number, href in links:
        assert browser.get(href).context["page"].paginator.count == number, href


def test_the_page_explains_draws_and_compares(world, officer, browser_of):
    page = browser_of(officer).get(PAGE, CUSTOM).content.decode()

    assert "1 July 2026 to 30 September 2026" in page
    assert "Compared with: 31 March 2026 to 30 June 2026" in page
    assert "A working day is neither a weekend" in page
    assert '<svg class="portal-chart"' in page
    assert "Most: Online, with 6 of 11." in page
    assert " style=" not in page


def test_this_quarter_is_shown_where_nothing_is_chosen_and_an_empty_portal_has_figures_too(db, officer, browser_of):
    page = browser_of(officer).get(PAGE)

    assert str(quarter_of(timezone.localdate())) in page.content.decode()
    assert "none yet" in page.content.decode()


@pytest.mark.parametrize("period", ["quarter", "last-quarter", "month", "last-month", "year", "last-year"])
def test_every_period_can_be_chosen(db, officer, browser_of, period):
    page = browser_of(officer).get(PAGE, {"period": period})

    assert page.context["period"].last >= page.context["period"].first


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first-day": ""}, "The first day must include a day"),
        ({"last-month": "13"}, "The last day must be a real date"),
        ({"last-year": "2020"}, "The last day must be the same as or after the first day"),
        ({"last-year": "2090"}, "The last day must be within 5 years of the first day"),
        ({"first-year": "1066"}, "must include 4 numbers"),
        ({"programme": "999999"}, "Select programme"),
        ({"partner": "x"}, "Select partner"),
        ({"theme": "doom"}, "Select theme"),
    ],
)
def test_what_does_not_fit_is_named_and_kept(officer, browser_of, changes, said):
    browser = browser_of(officer)
    for path in (PAGE, f"{PAGE}file/"):
        page = browser.get(path, CUSTOM | changes)

        assert page.status_code == 200
        assert "There is a problem" in page.content.decode()
        assert said in page.content.decode()


@pytest.mark.parametrize(
    "query", ["period=nonsense", "period=custom", "first-day=%ED", "theme=%F0%9F%8F%A1", "programme=-1"]
)
def test_no_address_breaks_the_page(officer, browser_of, query):
    assert browser_of(officer).get(f"{PAGE}?{query}").status_code in {200, 400}


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}file/", f"{PAGE}published/"])
def test_strangers_are_sent_to_the_sign_in_and_others_refused(client, browser_of, path):
    assert client.get(path).url == f"/account/login/?next={path}"
    assert browser_of(UserFactory()).get(path).status_code == 403
    assert browser_of(UserFactory(viewer=True)).post(path).status_code == 403


def test_the_file_holds_the_numbers_of_the_page(world, officer, browser_of):
    """EX3."""
    browser = browser_of(officer)
    page = shown(browser, theme="training")

    response = browser.get(f"{PAGE}file/", CUSTOM | {"theme": "training"})

    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["Period", "Table", "Line", "Figure", "Number"]
    online = next(row for row in rows if row[2] == "Online" and row[3] == "This period")
    assert online[4] == str(page["channels"]["Online"][0])
    assert len(rows) - 1 == sum(len(numbers) for lines in page.values() for numbers in lines.values())
    assert response["Content-Disposition"].startswith('attachment; filename="figures-1-july-2026')
    assert AuditEntry.objects.get(kind="exported").detail["what"] == "figures"
