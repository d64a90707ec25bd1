"""Which report an officer makes. What was chosen stays in the form."""

import datetime as dt
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone

from careportal.kit.fields import ChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries.models import Report
from enquiries.periods import DAY, Period, month_of, quarter_of, year_of
from programmes.models import Partner, Programme

OFFERED = {"month": (month_of, 24), "quarter": (quarter_of, 12), "year": (year_of, 5)}
TITLES = {"month": "Months", "quarter": "Quarters", "year": "Financial years"}


def key_of(period: Period) -> str:
    kind = next((name for name, (one, _) in OFFERED.items() if one(period.first) == period), "")
    return f"{kind}-{period.first.isoformat()}"


class MakeReportForm(GovukForm):
    """A kind and a period that is over; a committee paper can be about one partner's programmes, or one theme."""

    kind = ChoiceField(label="What kind of report?", missing="Select what kind of report", choices=Report.Kind.choices)
    period = ChoiceField(
        label="Which period?",
        help_text="A monthly glance is about a month, a partner review about a quarter, a strategy review about a "
        "financial year, a committee paper about a quarter or a financial year.",
        missing="Select a period",
        widget=forms.Select,
    )
    partner = ChoiceField(label="Only programmes of a partner", required=False, widget=forms.Select)
    theme = ChoiceField(
        label="Only programmes of a theme",
        required=False,
        widget=forms.Select,
        choices=[("", "All themes"), *Programme.Theme.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods = _periods(timezone.localdate())
        partners = [(str(pk), name) for pk, name in Partner.objects.order_by("name").values_list("pk", "name")]
        self._offer("period", [("", "Select a period"), *_grouped(self.periods)])
        self._offer("partner", [("", "All partners"), *partners])
        hint = "For a committee paper."
        self.helper.layout = Layout(
            Question("kind", small=True),
            Question("period"),
            Question("partner", hint=hint),
            Question("theme", hint=hint),
            Continue("Make the report"),
        )

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, Any]:
        chosen = {name: self.cleaned_data[name] for name in ("partner", "theme") if self.cleaned_data[name]}
        return {
            "kind": self.cleaned_data["kind"],
            "period": self.periods[self.cleaned_data["period"]],
            "filters": chosen,
        }


def _periods(today: dt.date) -> dict[str, Period]:
    """Those that are over, the newest first."""
    found: dict[str, Period] = {}
    for kind, number in OFFERED.values():
        period = kind(today)
        for _ in range(number):
            period = kind(period.first - DAY)
            found[key_of(period)] = period
    return found


def _grouped(periods: dict[str, Period]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (title, [(key, str(period)) for key, period in periods.items() if key.startswith(name)])
        for name, title in TITLES.items()
    ]
