"""A date in three boxes. Each message names the part that is wrong, and only that part is marked."""

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from careportal.kit import cleaning
from careportal.kit.wording import Worded

PARTS = ("day", "month", "year")
MONTHS = [name.lower() for name in calendar.month_name[1:]]
LONGEST = 12


class Typed(NamedTuple):
    """What stands in the three boxes, as typed."""

    day: str
    month: str
    year: str


class DateParts(forms.Widget):
    """Three boxes named name-day, name-month and name-year."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Typed:
        return Typed(*(str(data.get(f"{name}-{part}") or "").strip() for part in PARTS))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(f"{name}-{part}" in data for part in PARTS)

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return f"{id_}-day" if id_ else id_


class DateField(Worded, forms.Field):
    """A day of the calendar, not before `earliest` and not after `latest`."""

    widget = DateParts

    def __init__(self, *, earliest: dt.date | None = None, latest: dt.date | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.earliest, self.latest = earliest, latest

    def prepare_value(self, value: Any) -> Any:
        return Typed(str(value.day), str(value.month), str(value.year)) if isinstance(value, dt.date) else value

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, dt.date):
            return value
        typed = Typed(*value) if value else Typed("", "", "")
        if not any(typed):
            return None
        self._refuse_gaps(typed)
        parts = {part: _number(part, text) for part, text in zip(PARTS, typed, strict=True)}
        self._refuse_unreal(parts)
        return self._date(parts)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and self.earliest and value < self.earliest:
            raise ValidationError(f"{self.noun} must be on or after {_said(self.earliest)}", code="too_early")
        if value and self.latest and value > self.latest:
            raise ValidationError(f"{self.noun} must be on or before {_said(self.latest)}", code="too_late")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return tuple(self.prepare_value(initial) or ("", "", "")) != tuple(data or ("", "", ""))

    def _refuse_gaps(self, typed: Typed) -> None:
        gaps = [part for part, text in zip(PARTS, typed, strict=True) if not text]
        if gaps:
            raise _wrong(f"{self.noun} must include a {' and '.join(gaps)}", gaps)

    def _refuse_unreal(self, parts: Mapping[str, int]) -> None:
        limits = {"day": (1, 31), "month": (1, 12), "year": (1900, 2999)}
        unreal = [part for part, (least, most) in limits.items() if not least <= parts[part] <= most]
        if unreal == ["year"]:
            raise _wrong("Year must include 4 numbers", unreal)
        if unreal:
            raise _wrong(f"{self.noun} must be a real date", unreal)

    def _date(self, parts: Mapping[str, int]) -> dt.date:
        try:
            return dt.date(parts["year"], parts["month"], parts["day"])
        except ValueError as error:
            raise _wrong(f"{self.noun} must be a real date", ["day"]) from error


def _number(part: str, text: str) -> int:
    """The number in a box; months by name too, in full or in short. 0 stands for anything else."""
    text = cleaning.narrow(text).lower() if len(text) <= LONGEST and cleaning.storable(text) else ""
    named = [number for number, name in enumerate(MONTHS, start=1) if len(text) > 2 and name.startswith(text)]
    if part == "month" and named:
        return named[0]
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else 0


def _wrong(message: str, parts: list[str]) -> ValidationError:
    return ValidationError(message.replace("%", "%%"), code="date", params={"parts": parts})


def _said(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
