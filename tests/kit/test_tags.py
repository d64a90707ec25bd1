"""What template tags make of what they are given."""

import pytest

from careportal.kit.templatetags.govuk import spaced, telephone


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("+442079460958", "020 7946 0958"),
        ("+447700900123", "07700 900123"),
        ("020 8215 3000", "020 8215 3000"),
        ("+33142685300", "+33 1 42 68 53 00"),
        ("no number", "no number"),
    ],
)
def test_a_telephone_number_is_shown_the_way_it_is_read_aloud(kept: str, read: str) -> None:
    assert spaced(kept) == read


def test_what_is_no_number_is_no_link() -> None:
    assert telephone("[number to be set]") == "[number to be set]"
    assert 'href="tel:02082153000"' in telephone("020 8215 3000")
