"""What the list of the never reached is narrowed to, and how an officer says that they were reached."""

from collections.abc import Callable, Iterable
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from careportal.kit.dates import DateField
from careportal.kit.fields import ChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Link, Question
from enquiries.models import Outreach
from enquiries.reach_places import Place
from enquiries.services.outreach import LONGEST_AGO

ORDERS: dict[str, tuple[str, Callable[[Place], Any]]] = {
    "name": ("Name", lambda place: place.location.name.casefold()),
    "provider": ("Provider", lambda place: place.location.provider_name.casefold()),
    "ward": ("Ward", lambda place: place.ward.casefold()),
    "postcode": ("Postcode", lambda place: place.location.postcode),
}


class ReachForm(GovukForm):
    """Sent by GET, so that a view of the list can be kept and handed on."""

    marks_optional = False

    ward = ChoiceField(label="Ward", required=False, widget=forms.Select)
    kind = ChoiceField(label="Kind of care", required=False, widget=forms.Select)
    sort = ChoiceField(
        label="Order",
        required=False,
        widget=forms.Select,
        choices=[(name, words) for name, (words, _) in ORDERS.items()],
    )

    def __init__(self, data: QueryDict, listed: Iterable[Place]) -> None:
        super().__init__(data)
        listed = list(listed)
        self._offer("ward", "All wards", {place.ward for place in listed})
        self._offer("kind", "All kinds of care", {kind for place in listed for kind in place.kinds})
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        selects = [Question(name, width="full") for name in ("ward", "kind", "sort")]
        self.helper.layout = Layout(*selects, Continue("Show", kind="secondary"))

    def _offer(self, name: str, everything: str, words: set[str]) -> None:
        choices = [("", everything), *((word, word) for word in sorted(words))]
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def choose_from(self, listed: Iterable[Place]) -> list[Place]:
        """Those that fit, in the order that was chosen; all of them where what was sent does not fit."""
        wanted = self.cleaned_data if self.is_valid() else {}
        ward, kind = wanted.get("ward"), wanted.get("kind")
        found = [place for place in listed if ward in {None, "", place.ward} and (not kind or kind in place.kinds)]
        return sorted(found, key=ORDERS[wanted.get("sort") or "name"][1])

    @property
    def chosen(self) -> dict[str, list[str]]:
        """What it is narrowed to, for the record."""
        wanted = self.cleaned_data if self.is_valid() else {}
        return {name: [wanted[name]] for name in ("ward", "kind") if wanted.get(name)}


class SpokeForm(GovukForm):
    """When and how. Nothing is asked about whom they spoke to."""

    on = DateField(label="On which day?", noun="The day", missing="Enter the day")
    how = ChoiceField(
        label="How did you reach them?", choices=Outreach.How.choices, missing="Select how you reached them"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        day = self.fields["on"]
        day.latest, day.earliest = today, today - LONGEST_AGO  # type: ignore[attr-defined]
        back = Link("Back to the list", reverse("reach"))
        self.helper.layout = Layout(Question("on"), Question("how"), Continue("Save", back))
