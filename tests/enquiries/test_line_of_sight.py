"""From an objective to a named provider's outcome: what managers see, and what hangs on nothing."""

import datetime as dt

import pytest
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from enquiries import line_of_sight
from enquiries.line_of_sight import Counts
from enquiries.models import OutcomeAnswer
from programmes.strategies import Year
from tests.factories import (
    IntakeFactory,
    InterestFactory,
    ObjectiveFactory,
    ProgrammeFactory,
    WorkstreamFactory,
)

pytestmark = pytest.mark.django_db

IN_2026 = dt.datetime(2026, 6, 1, 10, tzinfo=dt.UTC)
IN_2025 = dt.datetime(2026, 3, 31, 10, tzinfo=dt.UTC)


@pytest.fixture
def browser(browser_of, viewer):
    return browser_of(viewer)


@pytest.fixture
def recruitment():
    return ObjectiveFactory(number=1, title="Recruitment and retention")


@pytest.fixture
def fair(recruitment):
    """A programme that a work stream of 2026/27 names."""
    programme = ProgrammeFactory(title="A fair")
    WorkstreamFactory(objective=recruitment, year=2026, title="Fairs").programmes.add(programme)
    return programme


def asked(programme, at=IN_2026, **facts):
    return InterestFactory(programme=programme, enquiry__received_at=at, **facts)


def told(interest, **answers):
    return OutcomeAnswer.objects.create(interest=interest, time="end", answered_at=timezone.now(), **answers)


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_a_programme_is_counted_by_the_year_in_which_enquiries_came(fair):
    IntakeFactory(programme=fair, starts_on=dt.date(2026, 9, 1))
    IntakeFactory(programme=fair, starts_on=dt.date(2025, 9, 1))
    asked(fair)
    asked(fair, state="enrolled")
    told(asked(fair, state="completed"), took_part="whole")
    asked(fair, at=IN_2025, state="completed")

    year = line_of_sight.by_programme(line_of_sight.period_of(Year(2026)))

    assert year[fair.pk] == Counts(intakes=1, asked=3, enrolled=1, completed=1, reported=1)
    assert line_of_sight.by_programme(line_of_sight.period_of(None))[fair.pk].completed == 2


def test_a_programme_of_two_work_streams_counts_once_for_its_objective(recruitment, fair):
    WorkstreamFactory(objective=recruitment, year=2026).programmes.add(fair)
    asked(fair, state="completed")

    (line,) = line_of_sight.lines([recruitment], Year(2026))

    assert len(line.strands) == 2
    assert line.whole.completed == 1


def test_without_a_year_work_streams_and_enquiries_of_all_years_count(recruitment, fair):
    WorkstreamFactory(objective=recruitment, year=2025).programmes.add(fair)
    asked(fair, at=IN_2025, state="completed")

    (whole,) = line_of_sight.lines([recruitment], None)
    (year,) = line_of_sight.lines([recruitment], Year(2026))

    assert [(len(line.strands), line.whole.completed) for line in (whole, year)] == [(2, 1), (1, 0)]


def test_an_outcome_that_nobody_has_answered_is_none(fair):
    OutcomeAnswer.objects.create(interest=asked(fair, state="completed"), time="end")

    assert line_of_sight.by_programme(line_of_sight.ALL_YEARS)[fair.pk].reported == 0


def test_what_hangs_on_nothing_is_listed_for_managers(browser, recruitment, fair):
    ObjectiveFactory(number=2, title="Nobody works on it")
    ProgrammeFactory(title="Loose programme")
    ProgrammeFactory(title="Long over", archived=True)

    page = text_of(browser.get("/admin/strategy/"))

    gaps = page[page.index("Gaps in the strategy") : page.index('id="objectives"')]
    assert "Objective 2: Nobody works on it" in gaps
    assert "Loose programme" in gaps
    assert "Objective 1" not in gaps
    assert "A fair" not in gaps
    assert "Long over" not in gaps


def test_where_all_hangs_together_that_is_said(browser, fair):
    assert "Every objective has a programme, and every programme an objective." in text_of(
        browser.get("/admin/strategy/")
    )


def test_gaps_are_not_public(client, recruitment, fair):
    ProgrammeFactory(title="Loose programme")

    assert "Loose programme" not in text_of(client.get("/strategy/"))
    assert client.get("/admin/strategy/").headers["Location"].startswith("/account/login/")


def test_a_council_without_a_strategy_is_told_what_to_do(browser):
    assert "There are no objectives yet" in text_of(browser.get("/admin/strategy/"))


def test_from_the_objective_to_the_outcome_and_back(browser, viewer, fair):
    group = IntakeFactory(programme=fair, title="Spring group")
    interest = asked(fair, state="completed", offered_intake=group, enquiry__organisation="Quetzal House")
    told(interest, took_part="whole")
    of_fair = f"/admin/strategy/1/{fair.pk}/"

    assert 'href="/admin/strategy/1/"' in text_of(browser.get("/admin/strategy/"))
    assert "/admin/strategy/1/?year=2026-27" in text_of(browser.get("/admin/strategy/?year=2026-27"))
    assert f"{of_fair}?year=2026-27" in text_of(browser.get("/admin/strategy/1/?year=2026-27"))
    shown = text_of(browser.get(f"{of_fair}?year=2026-27"))
    assert f"{of_fair}asked/?year=2026-27" in shown
    assert "Spring group" in shown
    shown = text_of(browser.get(f"{of_fair}asked/?year=2026-27"))
    assert "Quetzal House" in shown
    assert f"{of_fair}asked/{interest.pk}/" in shown
    shown = text_of(browser.get(f"{of_fair}asked/{interest.pk}/"))
    for words in ("Quetzal House", "Yes, in all of it", "Objective 1: Recruitment and retention", "Spring group"):
        assert words in shown
    assert interest.enquiry.reference in shown
    entries = AuditEntry.objects.filter(by=viewer, about="enquiries.enquiry")
    assert {(one.kind, tuple(one.ids)) for one in entries} == {
        ("listed", (interest.enquiry_id,)),
        ("opened", (interest.enquiry_id,)),
    }


def test_the_list_has_those_with_an_outcome_first_and_can_be_of_one_group(browser, fair):
    group = IntakeFactory(programme=fair)
    told(
        asked(fair, at=IN_2025, state="completed", offered_intake=group, enquiry__organisation="With outcome"),
        took_part="none",
    )
    asked(fair, enquiry__organisation="Without")

    address = f"/admin/strategy/1/{fair.pk}/asked/"
    page = text_of(browser.get(address))
    assert page.index("With outcome") < page.index("Without<")
    assert "Without<" not in text_of(browser.get(f"{address}?group={group.pk}"))
    assert "With outcome" not in text_of(browser.get(f"{address}?year=2026-27"))


@pytest.mark.parametrize(
    "query",
    ["year=1066-67", "year=x", "year=2026-99", "group=" + "9" * 18, "group=x", "page=-1", "page=x"],
)
def test_strange_questions_are_answered(browser, fair, query):
    asked(fair)
    for path in ("", "1/", f"1/{fair.pk}/", f"1/{fair.pk}/asked/"):
        assert browser.get(f"/admin/strategy/{path}?{query}").status_code == 200


def test_what_does_not_belong_together_is_not_there(browser, fair):
    other = ProgrammeFactory()
    of_other = asked(other)

    for path in (
        "2/",
        f"1/{other.pk}/",
        f"1/{other.pk}/asked/",
        f"1/{fair.pk}/asked/{of_other.pk}/",
        f"{'9' * 30}/",
        f"1/{'9' * 30}/",
        f"1/{fair.pk}/asked/{'9' * 30}/",
    ):
        assert browser.get(f"/admin/strategy/{path}").status_code == 404, path


def test_the_pages_take_the_same_few_queries_however_long(browser, recruitment, fair, django_assert_max_num_queries):
    for _ in range(5):
        programme = ProgrammeFactory()
        WorkstreamFactory(objective=recruitment, year=2026).programmes.add(programme)
        IntakeFactory(programme=fair)
        told(asked(fair), took_part="some")

    for path, most in (("", 15), ("1/", 13), (f"1/{fair.pk}/", 14), (f"1/{fair.pk}/asked/", 13)):
        with django_assert_max_num_queries(most):
            browser.get(f"/admin/strategy/{path}")
