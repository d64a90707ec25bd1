"""The bench's own arithmetic: what it compares with what, and that it fails when a bar is passed."""

from tests.bench.__main__ import Cost, ratios_of, short, told, too_much


def costs(**cpu):
    """One round of each page: seconds at 1,000 and at 1,000,000, and rows that are full pages unless said."""
    made = {}
    for page, (small, large) in cpu.items():
        for size, seconds in ((1_000, small), (1_000_000, large)):
            made[page.replace("_", ": "), size] = Cost([seconds] * 3, [seconds], queries=7, rows=50)
    return made


def test_a_page_is_compared_with_itself_at_the_smallest_size():
    assert ratios_of(costs(queue=(0.04, 0.05), filter_x=(0.02, 0.03)), "filter: x", 1_000, 1_000_000) == (1.5, 1.5)


def test_a_search_is_compared_with_the_queue_beside_as_many_enquiries():
    assert ratios_of(costs(queue=(0.01, 0.02), search_x=(0.01, 0.06)), "search: x", 1_000, 1_000_000) == (3.0, 3.0)


def test_a_page_that_was_not_full_is_compared_with_one_that_was():
    made = costs(queue=(0.04, 0.04), filter_x=(0.01, 0.04))
    made["filter: x", 1_000].rows = 3

    assert ratios_of(made, "filter: x", 1_000, 1_000_000) == (1.0, 1.0)


def test_what_goes_over_a_bar_is_told_and_fails(capsys):
    assert told(costs(queue=(0.04, 0.04)), [1_000, 1_000_000], 1) == 0
    assert "within its bars" in capsys.readouterr().out

    assert told(costs(queue=(0.04, 0.06)), [1_000, 1_000_000], 1) == 1
    assert "queue: 1.50 times as much" in capsys.readouterr().out
    assert list(too_much("queue", (1.0, 1.0), queries=9)) == ["queue: 9 queries, and 8 are allowed"]


def test_sizes_have_short_names():
    assert [short(size) for size in (999, 1_000, 100_000, 1_000_000)] == ["999", "1k", "100k", "1m"]
