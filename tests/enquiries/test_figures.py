"""Figures: each number is what an independent count of the rows says, for each role and filter (DI12)."""

import datetime as dt
import statistics
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careportal.kit.working_days import working_days_between
from enquiries import figures, report
from enquiries.figures import Scope
from enquiries.figures_outcomes import reported
from enquiries.models import Enquiry, Interest, OutcomeAnswer
from enquiries.periods import Period, month_of, quarter_of, year_of
from programmes.models import ClosureDay
from tests.enquiries.summer import a_summer_of_enquiries, at, came_in, chosen, enquiries, sql
from tests.factories import (
    EnquiryFactory,
    InterestFactory,
)

pytestmark = pytest.mark.django_db

PAGE = "/admin/figures/"
FIRST, LAST = dt.date(2026, 7, 1), dt.date(2026, 9, 30)
SUMMER = Period(FIRST, LAST, "Summer")
PERIODS = [SUMMER, SUMMER.before, month_of(dt.date(2026, 8, 1)), year_of(FIRST), Period(FIRST, FIRST)]


@pytest.fixture
def world(db):
    return a_summer_of_enquiries()


@pytest.fixture(params=["everything", "programme", "partner", "theme", "nothing fits"])
def scope(request, world):
    return {
        "everything": Scope(),
        "programme": Scope(programme=world["other"].pk),
        "partner": Scope(partner=world["partner"].pk),
        "theme": Scope(theme="training"),
        "nothing fits": Scope(programme=world["other"].pk, theme="training"),
    }[request.param]


def test_volumes_are_the_rows(scope):
    """DI12."""
    for period in PERIODS:
        rows = [one for one in enquiries(scope) if came_in(one, period)]

        counted = figures.by_channel(period, scope)

        for channel in Enquiry.Channel:
            assert counted[channel] == sum(one.channel == channel for one in rows), period


def test_what_is_open_now_is_the_rows_by_state_and_by_age(scope):
    """DI12."""
    rows = [one for one in enquiries(scope) if one.state != "closed"]
    closed = ClosureDay.objects.days()

    for today in (dt.date(2026, 9, 30), dt.date(2026, 8, 16), dt.date(2026, 9, 2), dt.date(2026, 8, 31)):
        ages = [working_days_between(timezone.localdate(one.received_at), today, closed) for one in rows]
        counted = figures.waiting_by_age(scope, today)
        for label, least, most in figures.AGES:
            assert counted[label] == sum(least <= age and (most is None or age <= most) for age in ages), (label, today)
        assert counted["Overdue"] == sum(one.next_due_on is not None and one.next_due_on < today for one in rows)
    by_state = figures.waiting_by_state(scope)
    assert by_state == {state: sum(one.state == state for one in rows) for state in by_state}
    assert by_state.total() == len(rows)


@pytest.mark.parametrize("clock", [figures.REPLY, figures.DECISION])
def test_medians_and_shares_are_those_of_the_rows(scope, clock):
    """DI12."""
    done_at, due_on = clock
    closed, today = ClosureDay.objects.days(), timezone.localdate()
    for period in PERIODS:
        rows = [one for one in enquiries(scope) if came_in(one, period)]
        done = [(timezone.localdate(getattr(one, done_at)), one) for one in rows if getattr(one, done_at)]
        late = [one for one in rows if getattr(one, done_at) is None and getattr(one, due_on) < today]
        taken = [working_days_between(timezone.localdate(one.received_at), on, closed) for on, one in done]

        counted = figures.speed(period, scope, clock)

        assert counted.median == (statistics.median(taken) if taken else None), period
        assert counted.done == len(done), period
        assert counted.within == sum(on <= getattr(one, due_on) for on, one in done), period
        assert counted.due == len(done) + len(late), period


def test_programmes_outcomes_reasons_and_partners_are_the_rows(scope):
    """DI12."""
    stored = sql("SELECT enquiry_id, programme_id, state, reason, referred_to_id FROM enquiries_interest")
    wanted = chosen(scope)
    for period in PERIODS:
        came = {one.pk for one in enquiries(Scope()) if came_in(one, period)}
        rows = [row for row in stored if row[0] in came and row[1] in wanted]

        counted = figures.by_programme(period, scope)

        each = {(pk, state): number for pk, states in counted.items() for state, number in states.items()}
        assert each == Counter((row[1], row[2]) for row in rows), period
        assert figures.by_reason(period, scope) == Counter(row[3] for row in rows if row[3]), period
        referred = [row for row in rows if row[4]]
        partners = figures.by_partner(period, scope)
        assert sum(number for _, _, number, _ in partners) == len(referred), period
        assert sum(waiting for *_, waiting in partners) == sum(row[2] == "referred" for row in referred), period


def test_open_by_programme_is_what_the_queue_would_list(scope):
    """DI12."""
    still_open = {one.pk for one in Enquiry.objects.all() if one.state != "closed"}
    rows = sql("SELECT enquiry_id, programme_id FROM enquiries_interest")

    for programme, number in figures.open_by_programme(scope).items():
        assert number == sum(of == programme and enquiry in still_open for enquiry, of in rows)


def test_places_are_those_of_groups_that_begin_in_the_period_and_run(world):
    """DI12: without cancelled ones, and without groups that have no fixed number."""
    assert figures.places(SUMMER, Scope()) == [(world["programme"].pk, 10, 4)]
    assert figures.places(SUMMER, Scope(partner=world["partner"].pk)) == [(world["programme"].pk, 10, 4)]
    assert figures.places(SUMMER, Scope(programme=world["other"].pk)) == []


def test_every_border_of_the_world_matters(world):
    """Otherwise the tests above could pass on empty tables."""
    assert figures.by_channel(SUMMER, Scope()) == {"online": 6, "email": 5}
    assert figures.by_channel(SUMMER.before, Scope()) == {"online": 1, "email": 1}
    speed = figures.speed(SUMMER, Scope(), figures.REPLY)
    assert 0 < speed.within < speed.done <= speed.due
    assert figures.by_reason(SUMMER, Scope()) == {"no_money": 6}
    assert figures.by_partner(SUMMER, Scope())[0][1:] == ("Example partner", 1, 1)


def test_what_is_overdue_is_said_beside_the_ages_and_not_added_to_them(world):
    ages = next(one for one in report.sections(SUMMER, Scope()) if one.name == "ages")

    assert [line.label for line in ages.lines if line not in ages.parts] == ["Overdue"]
    still_open = Enquiry.objects.exclude(state="closed").count()
    assert ages.finding.endswith(f"of {still_open}.")


def test_figures_take_no_more_queries_for_many_rows(world):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            report.sections(SUMMER, Scope())
        return len(asked)

    few = queries()
    for _ in range(20):
        InterestFactory(enquiry__received_at=at("08-20"))

    assert queries() == few <= 24


# --- Periods ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "first", "last", "name"),
    [
        ("2026-04-01", "2026-04-01", "2026-06-30", "Quarter 1 of 2026/27 (April to June 2026)"),
        ("2026-09-30", "2026-07-01", "2026-09-30", "Quarter 2 of 2026/27 (July to September 2026)"),
        ("2027-03-31", "2027-01-01", "2027-03-31", "Quarter 4 of 2026/27 (January to March 2027)"),
        ("1999-12-31", "1999-10-01", "1999-12-31", "Quarter 3 of 1999/00 (October to December 1999)"),
    ],
)
def test_a_quarter_is_one_of_the_financial_year(day, first, last, name):
    quarter = quarter_of(dt.date.fromisoformat(day))

    assert (quarter.first.isoformat(), quarter.last.isoformat(), str(quarter)) == (first, last, name)


def test_each_period_is_compared_with_the_one_before():
    assert quarter_of(dt.date(2026, 5, 1)).before == quarter_of(dt.date(2026, 3, 31))
    assert month_of(dt.date(2026, 1, 9)).before == month_of(dt.date(2025, 12, 1))
    assert year_of(dt.date(2026, 3, 31)).before == year_of(dt.date(2024, 4, 1))
    assert Period(dt.date(2026, 3, 10), dt.date(2026, 3, 12)).before == Period(dt.date(2026, 3, 7), dt.date(2026, 3, 9))


def test_days_begin_and_end_by_the_clocks_of_this_country():
    """DI7: on both days on which clocks change."""
    for day in (dt.date(2027, 3, 28), dt.date(2027, 10, 31)):
        before = EnquiryFactory(received_at=Period(day, day).begins_at - dt.timedelta(microseconds=1))
        inside = EnquiryFactory(received_at=Period(day, day).begins_at)
        last = EnquiryFactory(received_at=Period(day, day).ends_at - dt.timedelta(microseconds=1))
        after = EnquiryFactory(received_at=Period(day, day).ends_at)

        assert figures.by_channel(Period(day, day), Scope()).total() == 2
        days = [timezone.localdate(one.received_at) for one in (before, inside, last, after)]
        assert days == [day - dt.timedelta(days=1), day, day, day + dt.timedelta(days=1)]


def test_what_providers_report_is_counted_by_the_day_on_which_they_were_asked(world):
    summer, before = at("08-01"), at("06-30")
    first, second, third = Interest.objects.filter(programme=world["programme"])[:3]
    OutcomeAnswer.objects.create(interest=first, time="end", asked_at=summer)
    OutcomeAnswer.objects.create(
        interest=second, time="end", asked_at=summer, answered_at=summer, took_part="whole", change="much"
    )
    OutcomeAnswer.objects.create(
        interest=second, time="six_months", asked_at=summer, answered_at=summer, still_there="all"
    )
    OutcomeAnswer.objects.create(interest=third, time="end", asked_at=before)

    for scope in (Scope(), Scope(programme=world["programme"].pk), Scope(theme="training")):
        counts = reported(SUMMER, scope)
        assert counts["Asked"] == {"end": 2, "six_months": 1}
        assert +counts["Answered"] == {"end": 1, "six_months": 1}
        assert counts["Took part in all of it"] == {"end": 1}
        assert counts["All staff who took part still work there"] == {"six_months": 1}
        assert sum(sum(line.values()) for line in counts.values()) == 3 + 2 + 3
    assert not any(reported(SUMMER, Scope(programme=world["other"].pk)).values())
    section = next(one for one in report.sections(SUMMER, Scope()) if one.name == "afterwards")
    assert section.lines[0].numbers == [2, 0, 1]
