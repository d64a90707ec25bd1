"""What a provider is asked after a programme. Only the first question of a page must be answered."""

from typing import Any

from crispy_forms.layout import Layout

from careportal.kit.fields import ChoiceField, TextField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries.models import OutcomeAnswer

CHANGE = "Has it changed how your service works?"


class OutcomeForm(GovukForm):
    """Its questions below each other, and one button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        questions = (Question(name, size="m") for name in self.fields)
        self.helper.layout = Layout(*questions, Continue("Send your answers"))


class EndForm(OutcomeForm):
    """At the end."""

    took_part = ChoiceField(
        label="Did you or your staff take part?",
        missing="Select whether you or your staff took part",
        choices=OutcomeAnswer.Part.choices,
    )
    change = ChoiceField(label=CHANGE, choices=OutcomeAnswer.Change.choices, required=False)
    words = TextField(
        label="What has changed?",
        max_length=1000,
        rows=3,
        required=False,
        help_text="In a sentence. Do not name anybody.",
    )


class LaterForm(OutcomeForm):
    """After three and after six months."""

    still_there = ChoiceField(
        label="Are the staff who took part still working for you?",
        missing="Select whether the staff who took part are still working for you",
        choices=OutcomeAnswer.StillThere.choices,
    )
    early_leavers = ChoiceField(
        label="Has anybody who joined your service in the last three months left again?",
        choices=OutcomeAnswer.EarlyLeavers.choices,
        required=False,
    )
    change = ChoiceField(label=CHANGE, choices=OutcomeAnswer.Change.choices, required=False)


def form_for(outcome: OutcomeAnswer) -> type[OutcomeForm]:
    return EndForm if outcome.is_at_end else LaterForm
