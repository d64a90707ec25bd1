"""A date in three boxes."""

import datetime as dt

import pytest
from django import forms

from careportal.kit.fields import DateField
from careportal.kit.forms import GovukForm


class StartForm(GovukForm):
    start = DateField(label="Start date", missing="Enter your start date")


def typed(day: str, month: str, year: str) -> StartForm:
    return StartForm({"start-day": day, "start-month": month, "start-year": year})


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        (("27", "3", "2027"), dt.date(2027, 3, 27)),
        ((" ２７", "03", "2027 "), dt.date(2027, 3, 27)),
        (("29", "Feb", "2028"), dt.date(2028, 2, 29)),
        (("1", "september", "2027"), dt.date(2027, 9, 1)),
    ],
)
def test_a_real_date_is_taken(parts: tuple[str, str, str], day: dt.date) -> None:
    form = typed(*parts)

    assert form.is_valid()
    assert form.cleaned_data["start"] == day


@pytest.mark.parametrize(
    ("parts", "message", "wrong"),
    [
        (("", "", ""), "Enter your start date", ["day", "month", "year"]),
        (("27", "", "2027"), "Start date must include a month", ["month"]),
        (("27", "", ""), "Start date must include a month and year", ["month", "year"]),
        (("31", "2", "2027"), "Start date must be a real date", ["day"]),
        (("29", "2", "2027"), "Start date must be a real date", ["day"]),
        (("32", "13", "2027"), "Start date must be a real date", ["day", "month"]),
        (("27", "march!", "2027"), "Start date must be a real date", ["month"]),
        (("27", "3", "27"), "Year must include 4 numbers", ["year"]),
        (("27", "3", "9" * 50_000), "Year must include 4 numbers", ["year"]),
        (("1\x00", "3", "2027"), "Start date must be a real date", ["day"]),
    ],
)
def test_the_message_names_what_is_wrong_and_only_that_part_is_marked(parts, message, wrong) -> None:
    """(FI14)"""
    field = typed(*parts)["start"]

    assert field.messages == [message]
    assert field.wrong_parts == wrong
    assert field.first_id == f"id_start-{wrong[0]}"
    assert field.govuk.count("govuk-input--error") == len(wrong)


def test_everything_typed_is_kept() -> None:
    """(FI11)"""
    html = typed("31", "<b>", "20 27")["start"].govuk

    assert 'value="31"' in html
    assert 'value="&lt;b&gt;"' in html
    assert 'value="20 27"' in html


def test_a_known_date_stands_in_its_boxes() -> None:
    html = StartForm(initial={"start": dt.date(2027, 3, 27)})["start"].govuk

    assert [f'value="{part}"' in html for part in ("27", "3", "2027")] == [True] * 3


def test_days_outside_the_limits_are_refused() -> None:
    field = DateField(label="Start date", earliest=dt.date(2027, 1, 1), latest=dt.date(2027, 12, 31))

    for day, message in ((dt.date(2026, 12, 31), "on or after 1 January 2027"), (dt.date(2028, 1, 1), "on or before")):
        with pytest.raises(forms.ValidationError, match=message):
            field.clean(day)
