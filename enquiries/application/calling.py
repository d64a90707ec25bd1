"""The question when it is best to call: in the application, and where officers note another time. Empty: any time."""

from typing import Any

from django import forms

from careportal.kit.fields import ChoiceField, MultipleChoiceField
from careportal.kit.layout import Question
from enquiries.models.calling import EARLIEST, EVERY_DAY, LATEST, WEEKDAYS, bits, days_in, said, time_in_words

STEP = 30
TIMES = [(str(minute), time_in_words(minute)) for minute in range(EARLIEST, LATEST + 1, STEP)]
HOURS = f"We call between {time_in_words(EARLIEST)} and {time_in_words(LATEST)}, Monday to Friday."
NAMES = ("call_from", "call_until", "call_not_on")


class CallTimesForm(forms.Form):
    """To be mixed into a form. `call_times` are then among its cleaned data, as an enquiry has them."""

    call_from = ChoiceField(
        label="Call from",
        required=False,
        missing="Select the time to call from",
        widget=forms.Select,
        choices=[("", "Any time"), *TIMES[:-1]],
    )
    call_until = ChoiceField(
        label="Call until",
        required=False,
        missing="Select the time to call until",
        widget=forms.Select,
        choices=[("", "Any time"), *TIMES[1:]],
    )
    call_not_on = MultipleChoiceField(
        label="Days to avoid",
        required=False,
        missing="Select the days to avoid",
        choices=[(str(day), name) for day, name in enumerate(WEEKDAYS)],
    )

    def clean(self) -> dict[str, Any]:
        """All that is wrong is said at once, whatever else is."""
        cleaned = super().clean() or self.cleaned_data
        call_from, call_until = int(cleaned.get("call_from") or EARLIEST), int(cleaned.get("call_until") or LATEST)
        call_not_on = bits([int(day) for day in cleaned.get("call_not_on") or []])
        if call_until <= call_from:
            self.add_error("call_until", "“Call until” must be later than “Call from”")
        if call_not_on == EVERY_DAY:
            self.add_error("call_not_on", "Leave at least one day on which we can call you")
        cleaned["call_times"] = dict(zip(NAMES, (call_from, call_until, call_not_on), strict=True))
        return cleaned

    @property
    def asks_for_times(self) -> bool:
        """Whether anything was chosen, be it wrong."""
        return any(self[name].value() for name in NAMES)

    def call_times_said(self) -> str:
        return said(**self.cleaned_data["call_times"])


def call_questions() -> list[Question]:
    return [
        Question("call_from", optional=False),
        Question("call_until", optional=False),
        Question("call_not_on", optional=False, small=True),
    ]


def asked_again(call_from: int, call_until: int, call_not_on: int) -> dict[str, Any]:
    """These times as a form shows them first."""
    return {
        "call_from": "" if call_from == EARLIEST else str(call_from),
        "call_until": "" if call_until == LATEST else str(call_until),
        "call_not_on": [str(day) for day in days_in(call_not_on)],
    }
