"""An officer finds the service in the CQC directory while the provider is on the telephone: by name, postcode or ID.

It stands on the sheet of an enquiry, with buttons of its own: nothing else is checked by them. What is found fills in
the sheet, to be read to the provider and corrected there; its ID is kept with the enquiry.
"""

import datetime as dt
from functools import cached_property
from typing import Any

from crispy_forms.layout import Layout
from django.http import QueryDict

from careportal.kit.components import SummaryRow
from careportal.kit.fields import ChoiceField, LineField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries.application.finding import answers_from, facts_of
from providers import directory
from providers.models import RegisteredLocation

LOOK, USE, DROP = BUTTONS = ("look", "use", "drop")
PICKED = "location"  # a hidden field: the ID of the location in use
NOTHING = "No service in the CQC’s list is like that. Try its postcode, or go on without: not every service is in it"


class LookupForm(GovukForm):
    """Words to find the service by, and where several fit which of them it is."""

    words = LineField(
        label="Find the service in the CQC’s list",
        help_text="By its name, its postcode, or its CQC location ID. What we find fills in the answers below.",
        missing="Type the name, the postcode or the CQC location ID of the service",
        noun="What you type",
        max_length=directory.LONGEST,
    )
    which = ChoiceField(label="Which service is it?", missing="Select the service")

    def __init__(self, typed: QueryDict | None, words: str) -> None:
        super().__init__(typed, prefix="lookup", initial={"words": words})
        found = directory.find(words, limit=directory.SHOWN + 1) if typed else []
        self.found, self.more = found[: directory.SHOWN], len(found) > directory.SHOWN
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Question("words", size="m"), Continue("Find", kind="secondary", name=LOOK, value="yes")
        )
        if len(self.found) > 1:
            self._ask_which()
        else:
            del self.fields["which"]

    def _ask_which(self) -> None:
        which: Any = self.fields["which"]
        which.choices = [(one.cqc_location_id, one.name) for one in self.found]
        which.hints = {one.cqc_location_id: one.told_apart_by for one in self.found}
        which.required = USE in self.data
        which.help_text = "There are more than these. Type more of its name to find others." if self.more else ""
        use = Continue("Use this service", kind="secondary", name=USE, value="yes")
        self.helper.layout.extend([Question("which", small=True, optional=False), use])

    def clean(self) -> dict[str, Any]:
        if not self.found and "words" not in self.errors:
            self.add_error("words", NOTHING)
        return self.cleaned_data

    @property
    def picked(self) -> RegisteredLocation | None:
        """The only one that fits, or the one that was selected."""
        if not (self.is_bound and self.is_valid()):
            return None
        chosen = self.cleaned_data.get("which", self.found[0].cqc_location_id)
        return next((one for one in self.found if one.cqc_location_id == chosen), None)


class Lookup:
    """Which of its buttons was pressed, what was found, and which location is in use."""

    def __init__(self, typed: QueryDict | None) -> None:
        given = (typed or QueryDict()).copy()
        words = given.get("lookup-words", "")
        self.pressed = next((name for name in BUTTONS if name in given), "")
        if self.pressed != USE:
            given.pop("lookup-which", None)  # chosen among what other words found
        self.form = LookupForm(given if self.pressed in (LOOK, USE) else None, words)
        self.found = self.form.picked
        before = None if self.pressed == DROP else directory.at(given.get(PICKED, ""))
        self.location = self.found or before

    @cached_property
    def is_there(self) -> bool:
        return directory.is_there()

    @cached_property
    def data_of(self) -> dt.date | None:
        return directory.data_of()

    @property
    def facts(self) -> list[SummaryRow]:
        return facts_of(self.location) if self.location else []

    @property
    def answers(self) -> dict[str, dict[str, str]]:
        """What it says, by the names of the pages that ask it."""
        return answers_from(self.location) if self.location else {}

    @property
    def entries(self) -> dict[str, Any]:
        """What a draft keeps of it, as of a service that its provider has picked."""
        picked = {PICKED: self.location.cqc_location_id} if self.location else {}
        return {"find": {"data": picked, "clean": picked}} if picked else {}

    def filled(self, typed: QueryDict) -> QueryDict:
        """What was typed, with what was just found in its place. What the directory does not say stays as it was."""
        if not self.found:
            return typed
        filled = typed.copy()
        for page, answers in self.answers.items():
            for name, answer in answers.items():
                if answer:
                    filled[f"{page}-{name}"] = answer
        return filled
