"""The question when it is best to call: in the application, and where officers note another time.

Certain times are asked for only of those who want them. Whoever fills them in wants them, also without having said so.
"""

from typing import Any

from django import forms

from careportal.kit.fields import ChoiceField, MultipleChoiceField
from careportal.kit.layout import Question
from enquiries.models.calling import EARLIEST, EVERY_DAY, LATEST, WEEKDAYS, bits, days_in, said, time_in_words

ANY, CERTAIN = "any", "certain"
STEP = 30
TIMES = [(str(minute), time_in_words(minute)) for minute in range(EARLIEST, LATEST + 1, STEP)]
HOURS = f"We call between {time_in_words(EARLIEST)} and {time_in_words(LATEST)}, Monday to Friday."
WHENEVER = (EARLIEST, LATEST, 0)


class CallTimesForm(forms.Form):
    """To be mixed into a form. `call_times` are then among its cleaned data, as an enquiry has them."""

    call_when = ChoiceField(
        label="When is it best to call you?",
        required=False,
        missing="Select when it is best to call you",
        choices=[(ANY, "At any time"), (CERTAIN, "Only at certain times")],
        hints={ANY: HOURS},
    )
    call_from = ChoiceField(
        label="Call from", required=False, widget=forms.Select, choices=[("", "Any time"), *TIMES[:-1]]
    )
    call_until = ChoiceField(
        label="Call until", required=False, widget=forms.Select, choices=[("", "Any time"), *TIMES[1:]]
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
        times = call_from, call_until, call_not_on = self._times(cleaned)
        if call_until <= call_from:
            self.add_error("call_until", "“Call until” must be later than “Call from”")
        if call_not_on == EVERY_DAY:
            self.add_error("call_not_on", "Leave at least one day on which we can call you")
        if self.wants_times(cleaned) and times == WHENEVER and not self.errors.keys() & {"call_from", "call_until"}:
            self.add_error("call_when", "Choose a time to call or a day to avoid, or select “At any time”")
        cleaned["call_times"] = dict(zip(("call_from", "call_until", "call_not_on"), times, strict=True))
        return cleaned

    def wants_times(self, cleaned: dict[str, Any]) -> bool:
        given = any(cleaned.get(name) for name in ("call_from", "call_until", "call_not_on"))
        return cleaned.get("call_when") == CERTAIN or (not cleaned.get("call_when") and given)

    def _times(self, cleaned: dict[str, Any]) -> tuple[int, int, int]:
        if not self.wants_times(cleaned):
            return WHENEVER
        days = bits([int(day) for day in cleaned.get("call_not_on") or []])
        return int(cleaned.get("call_from") or EARLIEST), int(cleaned.get("call_until") or LATEST), days

    def call_times_said(self) -> str:
        """The answer in words; nothing where none was given."""
        cleaned = self.cleaned_data
        return said(**cleaned["call_times"]) if cleaned.get("call_when") or self.wants_times(cleaned) else ""


def call_question(**options: Any) -> Question:
    certain = [Question("call_from"), Question("call_until"), Question("call_not_on", small=True)]
    return Question("call_when", reveals={CERTAIN: certain}, **options)


def asked_again(call_from: int, call_until: int, call_not_on: int) -> dict[str, Any]:
    """These times as a form shows them first."""
    times = call_from, call_until, call_not_on
    return {
        "call_when": ANY if times == WHENEVER else CERTAIN,
        "call_from": "" if call_from == EARLIEST else str(call_from),
        "call_until": "" if call_until == LATEST else str(call_until),
        "call_not_on": [str(day) for day in days_in(call_not_on)],
    }
