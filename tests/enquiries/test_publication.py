"""What is published: counts below 5 are left out, and cannot be worked out from what is left (EX10)."""

import csv
import datetime as dt
import io
import itertools

import pytest
import time_machine
from django.utils import timezone

from enquiries import publication
from enquiries.publication import suppressed, with_total
from tests.factories import InterestFactory, ProgrammeFactory

LABELS = ["one", "two", "three", "four"]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([10, 20, 30], [10, 20, 30]),
        ([0, 20, 30], [0, 20, 30]),
        ([4, 20, 30], [None, None, 30]),
        ([3, 4, 30], [None, None, 30]),
        ([1, 2, 30], [None, None, None]),
        ([1, 0, 30], [None, 0, None]),
        ([2, 0, 0], [None, None, None]),
        ([5, 5, 5], [5, 5, 5]),
        ([], []),
    ],
)
def test_small_counts_are_left_out_with_a_companion(counts, shown):
    """EX10."""
    assert suppressed(counts) == shown


def test_no_small_count_is_shown_or_can_be_subtracted():
    """EX10: every small count is hidden, and from the total follows at least five in two lines or more."""
    for counts in itertools.product([0, 1, 4, 5, 9], repeat=4):
        lines = dict(with_total(LABELS, list(counts)))
        total = lines.pop("All")

        hidden = [count for label, count in zip(LABELS, counts, strict=True) if lines[label] is None]
        assert all(count is None or count == 0 or count >= 5 for count in [*lines.values(), total]), counts
        if hidden and total is not None:
            assert len(hidden) >= 2, counts
            assert total - sum(count for count in lines.values() if count is not None) >= 5, counts


@pytest.mark.django_db
def test_the_file_is_of_the_last_whole_quarter_without_small_numbers(officer, browser_of):
    """EX10."""
    often, seldom, between = (ProgrammeFactory(title=title) for title in ("Often", "Seldom", "Between"))
    quarter = publication.last_quarter(timezone.localdate())
    for programme, number in ((often, 9), (seldom, 2), (between, 6)):
        for _ in range(number):
            InterestFactory(programme=programme, enquiry__received_at=quarter.begins_at + dt.timedelta(days=3))
    InterestFactory(programme=often)

    answer = browser_of(officer).get("/admin/figures/published/", {"period": "custom", "programme": seldom.pk})

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
    assert {row[0] for row in rows} == {str(quarter)}
    numbers = {(row[1], row[2]): row[4] for row in rows}
    assert numbers["Enquiries received", "Online"] == "17"
    assert numbers["Programmes asked for", "Often"] == "9"
    assert numbers["Programmes asked for", "Seldom"] == publication.HIDDEN
    assert numbers["Programmes asked for", "Between"] == publication.HIDDEN
    assert numbers["Programmes asked for", "All"] == "17"


@pytest.mark.django_db
def test_a_quarter_is_published_once_it_is_over():
    with time_machine.travel("2027-01-01T00:30:00Z"):
        assert publication.last_quarter(timezone.localdate()).last == dt.date(2026, 12, 31)
    with time_machine.travel("2026-12-31T23:30:00Z"):
        assert publication.last_quarter(timezone.localdate()).last == dt.date(2026, 9, 30)
