from pathlib import Path

import pytest

from providers.area import Answer, where_is


@pytest.mark.parametrize(
    ("postcode", "answer"),
    [
        ("RM10 8XD", Answer.INSIDE),
        ("IG11 7LU", Answer.PROBABLY),
        ("RM6 5AA", Answer.PROBABLY),
        ("E1 6AN", Answer.OUTSIDE),
    ],
)
def test_a_district_on_the_border_is_never_more_than_probable(postcode, answer):
    assert where_is(postcode) == answer


def test_the_packs_districts_agree_with_the_official_postcodes(settings):
    """Runs where the Ordnance Survey's file is at hand: inside means wholly, outside means not one postcode."""
    counted = Path(settings.BASE_DIR).parent / "shared/data/postcodes/outcode_to_district_2025-11.csv"
    if not counted.exists():
        pytest.skip("the official list of postcode districts is not here")
    rows = [line.split(",") for line in counted.read_text().splitlines()[1:]]
    ours = {row[0] for row in rows if row[1] == "E09000002"}
    elsewhere = {row[0] for row in rows if row[1] and row[1] != "E09000002"}
    assert set(settings.COUNCIL.area.inside) == ours - elsewhere
    assert set(settings.COUNCIL.area.probably) == ours & elsewhere
