"""What a partner types about its intakes."""

import datetime as dt
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from careportal.kit.dates import DateField
from careportal.kit.fields import LineField, WholeNumberField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from programmes.models import Intake
from programmes.models.running import MOST_PLACES

EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)


class IntakeForm(GovukForm):
    """It carries what the page showed of the intake; refused, the page shows what is there now."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)

    def __init__(self, *args: Any, intake: Intake, initial: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"shown": intake.shown_as, **(initial or {})}, **kwargs)

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "shown"}

    def show_refusal(self, words: str, intake: Intake) -> None:
        """The page again, with what was typed; sent once more, it is about the intake as it is now."""
        self.add_error(None, words)
        self.data = {**self.data.dict(), "shown": intake.shown_as}  # type: ignore[attr-defined]  # what was posted


class PlacesForm(IntakeForm):
    left = WholeNumberField(
        label="How many places are left?",
        missing="Enter how many places are left",
        noun="Places left",
        most=MOST_PLACES,
    )

    def __init__(self, *args: Any, intake: Intake, **kwargs: Any) -> None:
        super().__init__(*args, intake=intake, initial={"left": intake.places_left}, **kwargs)
        self.helper.layout = Layout(Question("left", size="m", width="5"), "shown", Continue("Save places"))


class StepForm(IntakeForm):
    """One button."""

    def __init__(self, *args: Any, button: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("shown", Continue(button))


class FactsForm(IntakeForm):
    """Dates and place. Whoever applied is told of them, so they come before the rest."""

    starts_on = DateField(
        label="First day",
        noun="First day",
        required=False,
        earliest=EARLIEST,
        latest=LATEST,
        help_text="Leave it empty if it is to be agreed.",
    )
    ends_on = DateField(label="Last day", noun="Last day", required=False, earliest=EARLIEST, latest=LATEST)
    place = LineField(
        label="Where it is", noun="Where it is", required=False, max_length=200, help_text="An address, or “Online”."
    )
    title = LineField(
        label="Name of the intake",
        missing="Enter a name for the intake",
        max_length=100,
        help_text="For example: Spring group.",
    )
    opens_on = DateField(
        label="Applications open on",
        noun="The day on which applications open",
        missing="Enter the day on which applications open",
        earliest=EARLIEST,
        latest=LATEST,
    )
    closes_on = DateField(
        label="Applications close on",
        noun="The day on which applications close",
        missing="Enter the day on which applications close",
        earliest=EARLIEST,
        latest=LATEST,
        help_text="The last day on which somebody may apply.",
    )

    FACTS = ("starts_on", "ends_on", "place", "title", "opens_on", "closes_on")
    button = "Save and publish"

    def __init__(self, *args: Any, intake: Intake, **kwargs: Any) -> None:
        now = {name: getattr(intake, name) for name in self.FACTS}
        super().__init__(*args, intake=intake, initial=now, **kwargs)
        self.intake = intake
        self.helper.layout = Layout(*self.questions(), "shown", Continue(self.button))

    def questions(self) -> list[Question]:
        return [
            *(Question(name) for name in ("starts_on", "ends_on")),
            Question("place", width="full"),
            Question("title", width="full"),
            *(Question(name) for name in ("opens_on", "closes_on")),
        ]

    def clean_title(self) -> str:
        title = self.cleaned_data["title"]
        others = Intake.objects.filter(programme=self.intake.programme_id, title=title).exclude(pk=self.intake.pk)
        if others.exists():
            raise forms.ValidationError("There is another intake with this name. Enter a different one")
        return str(title)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("starts_on") and said.get("ends_on") and said["ends_on"] < said["starts_on"]:
            self.add_error("ends_on", "Last day must be the same as or after the first day")
        if said.get("opens_on") and said.get("closes_on") and said["closes_on"] < said["opens_on"]:
            self.add_error("closes_on", "Applications must close on or after the day on which they open")
        return said


class NewIntakeForm(FactsForm):
    """The same, and how many places there are."""

    capacity = WholeNumberField(
        label="How many places are there?",
        noun="Places",
        required=False,
        least=1,
        most=MOST_PLACES,
        help_text="Leave it empty if there is no fixed number.",
    )
    button = "Add and publish"

    def questions(self) -> list[Question]:
        return [*super().questions(), Question("capacity", width="5")]
