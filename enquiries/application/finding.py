"""The pages that look the applicant's service up in the CQC directory, so that less is asked.

What is picked there answers our own pages: kind of care, postcode, whether it is registered, its name. It is shown to
be confirmed first, and each of it can be corrected. Where the directory does not know a service, those pages are asked.
"""

from typing import Any

from django import forms
from django.urls import reverse

from careportal.kit.components import SummaryRow
from careportal.kit.fields import ChoiceField, LineField
from careportal.kit.layout import Button, Continue, Question
from enquiries.application.forms import (
    OrganisationForm,
    PageForm,
    PostcodeForm,
    RegisteredForm,
    ServiceForm,
    save_for_later,
)
from enquiries.models.draft import NOT_LISTED
from providers import directory
from providers.models import RegisteredLocation

NOT_IN_THE_LIST = "My service is not in the CQC’s list"
YES, CHANGE = "yes", "change"
_ANSWER = "Your service in the CQC’s list"
_FORMS: dict[str, type[PageForm]] = {
    "service": ServiceForm,
    "postcode": PostcodeForm,
    "registered": RegisteredForm,
    "organisation": OrganisationForm,
}


def answers_from(location: RegisteredLocation) -> dict[str, dict[str, str]]:
    """What the directory says of a location, as answers to our pages. What it does not say is left to be asked."""
    kind = location.type if location.tells_its_type else ""
    return {
        "service": {"provider_type": kind},
        "postcode": {"postcode": location.postcode},
        "registered": {"cqc_registered": "yes"},
        "organisation": {"organisation": location.name},
    }


def facts_of(location: RegisteredLocation) -> list[SummaryRow]:
    """A location as pages show it."""
    kind = location.get_type_display() if location.tells_its_type else ""
    rows = {
        "Name": location.name,
        "Address": location.where,
        "Kind of care": kind,
        "Run by": location.provider_name,
        "CQC location ID": location.cqc_location_id,
    }
    return [SummaryRow(key, value) for key, value in rows.items() if value]


class PickingForm(PageForm):
    """A page that tells which service it is. With another answer than before, what followed from that one is gone."""

    page = ""
    after: tuple[str, ...] = ()

    def forgets(self) -> list[str]:
        is_as_before = self.journey.draft.data(self.page) == self.typed()
        return [] if is_as_before else [*self.after, *self.journey.draft.taken_over]

    def said(self) -> list[list[str]]:
        location = self.cleaned_data["location"]
        names = {one: f"{name}\n{where}" for one, name, where in self.found}
        return [[_ANSWER, names.get(location, "Not in the list")]] if location else []

    @property
    def found(self) -> list[list[str]]:
        raise NotImplementedError


class FindForm(PickingForm):
    """Words to find the service by. Scripts may send `location` along, picked from what was suggested."""

    page, after = "find", ("which", "right")

    location = forms.CharField(widget=forms.HiddenInput, required=False)
    words = LineField(
        label="Find your care service",
        help_text="Type its name, its postcode, or its CQC location ID. We look it up in the list of the "
        "Care Quality Commission (CQC), so that you have less to type.",
        noun="What you type",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-module": "portal-lookup"}),
    )

    def questions(self) -> list[Question | str]:
        self.fields["words"].widget.attrs["data-address"] = reverse("providers:lookup")
        return ["location", Question("words", heading=True, caption=self.section, optional=False)]

    def buttons(self) -> Continue:
        return Continue("Continue", Button(NOT_IN_THE_LIST, name="location", value=NOT_LISTED), save_for_later())

    @property
    def found(self) -> list[list[str]]:
        return self.cleaned_data["found"]

    def clean(self) -> dict[str, Any]:
        """Looked up once: with the same words, what was found then is found now, whatever became of the directory."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("location") == NOT_LISTED:
            self.errors.pop("words", None)
            return {"words": "", "location": NOT_LISTED, "found": []}
        if self.errors:
            return cleaned
        before = self.journey.draft.cleaned("find")
        if before and self.journey.draft.data("find") == self.typed():
            return before
        return self._looked_up(cleaned["words"], cleaned["location"])

    def _looked_up(self, words: str, location_id: str) -> dict[str, Any]:
        picked = directory.at(location_id)
        found = [picked] if picked else directory.find(words, limit=directory.SHOWN + 1)
        if not words and not picked:
            self.add_error("words", "Type the name, the postcode or the CQC location ID of your service")
        elif not found:
            self.add_error(
                "words",
                f"We found no service like that. Try its postcode, or select “{NOT_IN_THE_LIST}”",
            )
        return {
            "words": words,
            "location": found[0].cqc_location_id if len(found) == 1 else "",
            "found": [[one.cqc_location_id, one.name, one.told_apart_by] for one in found[: directory.SHOWN]],
            "more": len(found) > directory.SHOWN,
        }


class WhichForm(PickingForm):
    """Several services fit what was typed."""

    page, after = "which", ("right",)

    location = ChoiceField(label="Which is your service?", missing="Select your service, or that it is not in the list")

    def questions(self) -> list[Question | str]:
        field: Any = self.fields["location"]
        field.choices = [*((one, name) for one, name, _ in self.found), (NOT_LISTED, NOT_IN_THE_LIST)]
        field.hints = {one: where for one, _, where in self.found}
        if self.journey.draft.cleaned("find").get("more"):
            field.help_text = "There are more than these. If yours is not here, go back and type more of its name."
        return super().questions()

    @property
    def found(self) -> list[list[str]]:
        return self.journey.draft.cleaned("find").get("found", [])


class RightForm(PageForm):
    """What the directory says of the service: taken over as it is, or asked with that to begin with."""

    right = ChoiceField(
        label="Can we use these details?",
        missing="Select whether we can use these details",
        choices=[(YES, "Yes, use them"), (CHANGE, "It is my service, but I want to change something")],
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def questions(self) -> list[Question | str]:
        self.initial["seen"] = self.journey.draft.location_id
        return [Question("right"), "seen"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("seen") != self.journey.draft.location_id:
            self.replace("seen", self.journey.draft.location_id)
            raise forms.ValidationError("You have chosen another service since. Check its details.")
        return cleaned

    def forgets(self) -> list[str]:
        return self.journey.draft.taken_over

    def also(self) -> dict[str, dict[str, Any]]:
        """Answers to the other pages. That it is registered is known in any case."""
        location = self.journey.location
        if location is None:
            return {}
        asked = {name: _FORMS[name](typed, journey=self.journey) for name, typed in answers_from(location).items()}
        used = asked if self.cleaned_data["right"] == YES else {"registered": asked["registered"]}
        taken = {"from": location.cqc_location_id}
        return {name: form.entry() | taken for name, form in used.items() if form.is_valid()}

    def said(self) -> list[list[str]]:
        return []

    def facts(self) -> list[SummaryRow]:
        """The location as the page shows it."""
        return facts_of(self.journey.location) if self.journey.location else []
