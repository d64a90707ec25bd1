"""Working days in England and Wales."""

import datetime as dt

import pytest

from careportal.kit.working_days import add_working_days, bank_holidays, is_working_day, working_days_between

MAUNDY_THURSDAY = dt.date(2027, 3, 25)
WEDNESDAY_AFTER_EASTER = dt.date(2027, 3, 31)


@pytest.mark.parametrize(
    ("day", "number", "due"),
    [
        (MAUNDY_THURSDAY, 2, WEDNESDAY_AFTER_EASTER),
        (MAUNDY_THURSDAY, 0, MAUNDY_THURSDAY),
        (dt.date(2026, 11, 20), 1, dt.date(2026, 11, 23)),  # over a weekend
        (dt.date(2026, 11, 21), 1, dt.date(2026, 11, 23)),  # a Saturday is day 0 as well
        (dt.date(2026, 12, 24), 1, dt.date(2026, 12, 29)),  # Boxing Day is kept on Monday 28 December
        (dt.date(2026, 12, 31), 3, dt.date(2027, 1, 6)),  # into the next year
        (WEDNESDAY_AFTER_EASTER, -2, MAUNDY_THURSDAY),
    ],
)
def test_weekends_and_bank_holidays_are_not_counted(day, number, due):
    """N4."""
    assert add_working_days(day, number) == due


def test_days_on_which_the_council_is_closed_are_not_counted():
    """N4."""
    closed = {dt.date(2027, 3, 30)}

    assert add_working_days(MAUNDY_THURSDAY, 2, closed) == dt.date(2027, 4, 1)
    assert working_days_between(MAUNDY_THURSDAY, dt.date(2027, 4, 1), closed) == 2
    assert not is_working_day(dt.date(2027, 3, 30), closed)


@pytest.mark.parametrize(("last", "number"), [(25, 0), (26, 0), (29, 0), (30, 1), (31, 2), (1, 0)])
def test_the_first_day_is_not_counted_and_the_last_is(last, number):
    assert working_days_between(MAUNDY_THURSDAY, dt.date(2027, 3, last)) == number


@pytest.mark.parametrize("number", range(0, 300, 7))
def test_counting_is_the_reverse_of_adding(number):
    due = add_working_days(MAUNDY_THURSDAY, number)

    assert working_days_between(MAUNDY_THURSDAY, due) == number


def test_only_holidays_of_england_and_wales_count():
    """A wrong holiday feed is a known trap: Scotland keeps 2 January and St Andrew's Day."""
    assert is_working_day(dt.date(2026, 11, 30))
    assert dt.date(2027, 5, 3) in bank_holidays()
    assert is_working_day(dt.date(2026, 7, 13))  # the Battle of the Boyne, in Northern Ireland


def test_the_holidays_come_without_asking_anybody(monkeypatch):
    monkeypatch.setattr("requests.get", lambda *_, **__: pytest.fail("asked the network"))
    bank_holidays.cache_clear()

    assert dt.date(2027, 3, 26) in bank_holidays()
