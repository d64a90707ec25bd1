"""What the figures are narrowed to. Sent by GET, so that a view of them can be kept and handed on."""

import datetime as dt
from typing import Any, ClassVar

from crispy_forms.layout import Layout
from django import forms
from django.http import QueryDict
from django.utils import timezone

from careportal.kit.dates import DateField
from careportal.kit.fields import ChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries.figures import Scope
from enquiries.periods import Period, month_of, quarter_of, year_of
from programmes.models import Partner, Programme

EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
LONGEST = dt.timedelta(days=5 * 366)
PERIODS = [
    ("quarter", "This quarter"),
    ("last-quarter", "Last quarter"),
    ("month", "This month"),
    ("last-month", "Last month"),
    ("year", "This financial year"),
    ("last-year", "Last financial year"),
    ("custom", "Other dates"),
]
KINDS = {"quarter": quarter_of, "month": month_of, "year": year_of}


class FiguresForm(GovukForm):
    """A period, and what it is narrowed to. Without a period it is this quarter."""

    marks_optional = False
    revealed: ClassVar[dict[str, tuple[str, str]]] = {"first": ("period", "custom"), "last": ("period", "custom")}

    period = ChoiceField(label="Period", choices=PERIODS)
    first = DateField(label="From", noun="The first day", earliest=EARLIEST, latest=LATEST)
    last = DateField(label="To", noun="The last day", earliest=EARLIEST, latest=LATEST)
    programme = ChoiceField(label="Programme", required=False, widget=forms.Select)
    partner = ChoiceField(label="Partner that runs it", required=False, widget=forms.Select)
    theme = ChoiceField(
        label="Theme", required=False, widget=forms.Select, choices=[("", "All themes"), *Programme.Theme.choices]
    )

    def __init__(self, data: QueryDict) -> None:
        asked = data.copy()
        if asked.get("period") not in dict(PERIODS):
            asked["period"] = "quarter"
        super().__init__(asked)
        self._offer("programme", "All programmes", Programme.objects.values_list("pk", "title"))
        self._offer("partner", "All partners", Partner.objects.values_list("pk", "name"))
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        dates = {"custom": [Question("first"), Question("last")]}
        selects = [Question(name, width="full") for name in ("programme", "partner", "theme")]
        self.helper.layout = Layout(
            Question("period", small=True, reveals=dates), *selects, Continue("Show", kind="secondary")
        )

    def _offer(self, name: str, everything: str, rows: Any) -> None:
        field = self.fields[name]
        field.choices = [("", everything), *((str(pk), words) for pk, words in rows)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        wanted = super().clean() or self.cleaned_data
        first, last = wanted.get("first"), wanted.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day must be the same as or after the first day")
        elif first and last and last - first > LONGEST:
            self.add_error("last", "The last day must be within 5 years of the first day")
        return wanted

    @property
    def chosen_period(self) -> Period:
        wanted = self.cleaned_data
        if wanted["period"] == "custom":
            return Period(wanted["first"], wanted["last"])
        earlier, _, kind = wanted["period"].rpartition("-")
        period = KINDS[kind](timezone.localdate())
        return period.before if earlier else period

    @property
    def scope(self) -> Scope:
        wanted = self.cleaned_data
        programme, partner = wanted.get("programme"), wanted.get("partner")
        return Scope(
            int(programme) if programme else None, int(partner) if partner else None, wanted.get("theme") or ""
        )

    @property
    def codes(self) -> dict[str, list[str]]:
        """What was chosen, for the record."""
        return {name: [str(value)] for name, value in self.cleaned_data.items() if value}

    @property
    def chosen_count(self) -> int:
        return sum(bool(self.data.get(name)) for name in ("programme", "partner", "theme"))
