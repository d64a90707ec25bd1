"""Figures: each number is what an independent count of the rows says, for each role and filter (DI12)."""

import csv
import datetime as dt
import io
import statistics
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from careportal.kit.working_days import working_days_between
from enquiries import figures, report
from enquiries.figures import Scope
from enquiries.models import Enquiry, Interest
from enquiries.periods import Period, month_of, quarter_of, year_of
from programmes.models import ClosureDay
from tests.factories import (
    EnquiryFactory,
    IntakeFactory,
    InterestFactory,
    PartnerFactory,
    ProgrammeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PAGE = "/admin/figures/"
FIRST, LAST = dt.date(2026, 7, 1), dt.date(2026, 9, 30)
SUMMER = Period(FIRST, LAST, "Summer")


def at(day: str, hour: int = 12) -> dt.datetime:
    return timezone.make_aware(dt.datetime.fromisoformat(f"2026-{day}T{hour:02}:00"))


@pytest.fixture
def world(db):
    """A small world in which every table has something to count, and something on each side of every border."""
    training, other = (
        ProgrammeFactory(theme="training", title="Alpha"),
        ProgrammeFactory(theme="recruitment", title="Beta"),
    )
    partner = PartnerFactory(name="Example partner")
    training.partners.add(partner)
    days = ["06-30", "07-01", "07-03", "08-14", "08-31", "09-30", "10-01", "03-15"]
    for number, day in enumerate(days):
        for channel, hour in (("online", 0), ("email", 23)):
            came_at = at(day, hour)
            enquiry = EnquiryFactory(
                received_at=came_at,
                channel=channel,
                reply_due_on=came_at.date() + dt.timedelta(days=7),
                decision_due_on=dt.date(2099, 1, 1) if number == 6 else came_at.date() + dt.timedelta(days=11),
                replied_at=came_at + dt.timedelta(days=3 * number) if number % 3 else None,
                decided_at=came_at + dt.timedelta(days=9 + number) if number % 4 == 1 else None,
                **({"closed": True} if number % 2 else {}),
            )
            InterestFactory(enquiry=enquiry, programme=training)
            if number % 2:
                InterestFactory(
                    enquiry=enquiry, programme=other, state="declined", reason="no_money", onward_options="Ask again."
                )
    handed_on = InterestFactory(enquiry__received_at=at("08-03"), programme=training)
    Interest.objects.filter(pk=handed_on.pk).update(state="referred", referred_to=partner, referred_at=timezone.now())
    joined = EnquiryFactory(received_at=at("08-05"), closed=True)
    InterestFactory(enquiry=joined, programme=training)
    Enquiry.objects.filter(pk=joined.pk).update(joined_to=handed_on.enquiry)
    for start in (dt.date(2026, 7, 1), dt.date(2026, 10, 1)):
        IntakeFactory(programme=training, starts_on=start, capacity=10, places_taken=4)
    IntakeFactory(programme=training, starts_on=dt.date(2026, 8, 1), capacity=None, places_taken=2)
    IntakeFactory(programme=training, starts_on=dt.date(2026, 8, 2), capacity=8, places_taken=8, state="cancelled")
    ClosureDay.objects.create(on=dt.date(2026, 9, 1), reason="Stocktaking")
    return {"programme": training, "partner": partner, "theme": "training", "other": other}


@pytest.fixture(params=["everything", "programme", "partner", "theme", "nothing fits"])
def scope(request, world):
    return {
        "everything": Scope(),
        "programme": Scope(programme=world["other"].pk),
        "partner": Scope(partner=world["partner"].pk),
        "theme": Scope(theme="training"),
        "nothing fits": Scope(programme=world["other"].pk, theme="training"),
    }[request.param]


def sql(query: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def chosen(scope: Scope) -> set[int]:
    """Numbers of the programmes in the scope, by SQL of the test's own."""
    rows = sql("SELECT id, theme FROM programmes_programme")
    run = {
        row[0]
        for row in sql(
            "SELECT programme_id FROM programmes_programme_partners WHERE partner_id = %s", scope.partner or 0
        )
    }
    return {
        pk
        for pk, theme in rows
        if (not scope.programme or pk == scope.programme)
        and (not scope.theme or theme == scope.theme)
        and (not scope.partner or pk in run)
    }


def enquiries(scope: Scope) -> list[Enquiry]:
    """Rows of the scope, chosen one by one."""
    asked = {}
    for enquiry, programme in sql("SELECT enquiry_id, programme_id FROM enquiries_interest"):
        asked.setdefault(enquiry, set()).add(programme)
    wanted = chosen(scope)
    unjoined = {row[0] for row in sql("SELECT id FROM enquiries_enquiry WHERE joined_to_id IS NULL")}
    narrow = scope != Scope()
    fits = {pk for pk in unjoined if not narrow or asked.get(pk, set()) & wanted}
    return [one for one in Enquiry.objects.all() if one.pk in fits]


def came_in(one: Enquiry, period: Period) -> bool:
    return period.first <= timezone.localdate(one.received_at) <= period.last


PERIODS = [SUMMER, SUMMER.before, month_of(dt.date(2026, 8, 1)), year_of(FIRST), Period(FIRST, FIRST)]


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


# --- The page --------------------------------------------------------------------------------------------------------


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
