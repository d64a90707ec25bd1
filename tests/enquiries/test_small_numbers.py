"""What is hidden cannot be worked out: an attacker who adds and subtracts all that is shown finds no small count."""

import datetime as dt
import itertools
import random

import pytest

from enquiries.periods import quarter_of, year_of
from enquiries.small_numbers import added_up, crossed, months_of, over_time
from enquiries.subtraction import follows

QUARTER, YEAR = quarter_of(dt.date(2026, 5, 1)), year_of(dt.date(2026, 5, 1))


def attacked(period, by_month) -> list[int]:
    """The small counts that follow from the tables of the period, of its quarters and of its months, together."""
    counts = added_up(by_month)
    levels = [[period], *([] if period == QUARTER else [_quarters(period)]), months_of(period)]
    cells = {}
    for one in itertools.chain(*levels):
        own, shown = counts(one), over_time(one, counts)
        for line, (count, seen) in enumerate(zip([*own, sum(own)], shown, strict=True)):
            cells[one, line] = (len(cells), count, seen)
    width = len(next(iter(by_month.values())))
    sums = [[cells[one, line][0] for line in range(width + 1)] for one in itertools.chain(*levels)]
    for above, below in itertools.combinations(levels, 2):
        for one in above:
            inner = [two for two in below if one.first <= two.first <= one.last]
            sums += [[*(cells[two, line][0] for two in inner), cells[one, line][0]] for line in range(width + 1)]
    known = {number for number, _, seen in cells.values() if seen is not None}
    found = known | follows(sums, known)
    return [count for number, count, _ in cells.values() if number in found and 0 < count < 5]


def _quarters(year):
    return list(dict.fromkeys(quarter_of(month.first) for month in months_of(year)))


@pytest.mark.parametrize("most", [3, 6, 12, 30])
def test_nothing_small_follows_from_months_and_their_quarter(most):
    chance = random.Random(most)
    for _ in range(300):
        width = chance.choice([1, 2, 3, 5])
        by_month = {month: [chance.randint(0, most) for _ in range(width)] for month in months_of(QUARTER)}
        assert attacked(QUARTER, by_month) == [], by_month


@pytest.mark.parametrize("most", [4, 12, 30])
def test_nothing_small_follows_from_months_quarters_and_the_year(most):
    chance = random.Random(most)
    for _ in range(60):
        width = chance.choice([1, 3, 5])
        by_month = {month: [chance.randint(0, most) for _ in range(width)] for month in months_of(YEAR)}
        assert attacked(YEAR, by_month) == [], by_month


def test_nothing_small_follows_from_a_crossed_table():
    chance = random.Random(1)
    for _ in range(500):
        rows = [[chance.choice([0, 0, 1, 3, 6, 20]) for _ in range(3)] for _ in range(chance.randint(1, 5))]
        shown = crossed(rows)
        whole = [[*row, sum(row)] for row in [*rows, [sum(column) for column in zip(*rows, strict=True)]]]
        cells = [[r * 4 + c for c in range(4)] for r in range(len(whole))]
        sums = [*cells, *([line[c] for line in cells] for c in range(4))]
        known = {r * 4 + c for r, row in enumerate(shown) for c, seen in enumerate(row) if seen is not None}
        found = known | follows(sums, known)
        assert [whole[cell // 4][cell % 4] for cell in found if 0 < whole[cell // 4][cell % 4] < 5] == [], rows


def test_a_month_that_was_hidden_hides_the_line_in_its_quarter():
    april, may, june = months_of(QUARTER)
    counts = added_up({april: [3, 20, 9], may: [7, 20, 9], june: [8, 20, 9]})

    assert over_time(april, counts) == [None, 20, None, 32]
    assert over_time(QUARTER, counts) == [None, 60, None, 105]


def test_a_line_is_hidden_where_the_filter_leaves_out_too_few():
    april = months_of(QUARTER)[0]

    assert over_time(april, lambda _: [20, 30, 40], lambda _: [2, 30, 40]) == [None, None, 40, 90]


def test_what_follows_is_found_across_sums():
    """Of a + b = c and b + d = e: with c, d and e known, b and then a follow."""
    assert follows([["a", "b", "c"], ["b", "d", "e"]], {"c", "d", "e"}) == {"a", "b"}
    assert follows([["a", "b", "c"], ["b", "d", "e"]], {"c", "e"}) == set()
