"""What a provider is asked about a group that has changed."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from careportal.kit.fields import ChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries.models import IntakeAnswer

Answer = IntakeAnswer.Answer
OTHER, NOT = "No, but we would like another date", "No, we do not want it any more"


class IntakeAnswerForm(GovukForm):
    """Still fine, another date, or not any more. It carries what the page showed."""

    answer = ChoiceField(label="Is this still fine for you?", missing="Select whether this is still fine", choices=[])
    shown = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)

    def __init__(self, *args: Any, told: IntakeAnswer, **kwargs: Any) -> None:
        super().__init__(*args, initial={"shown": told.shown_as}, **kwargs)
        answer = self.fields["answer"]
        runs = told.intake.is_running
        fine = [(Answer.FINE, "Yes, it is still fine")] if runs else []
        other = (Answer.OTHER_DATE, OTHER if runs else "Yes, we would like another date")
        answer.choices = [*fine, other, (Answer.NOT_ANY_MORE, NOT)]  # type: ignore[attr-defined]
        answer.hints = self._hints(told)  # type: ignore[attr-defined]
        if not runs:
            answer.label = "Would you like another date?"
            answer.error_messages["required"] = "Select whether you would like another date"
        self.helper.layout = Layout(Question("answer", size="m"), "shown", Continue("Send your answer"))

    def chosen(self) -> dict[str, str]:
        return {"answer": self.cleaned_data["answer"], "shown": self.cleaned_data["shown"]}

    def show_refusal(self, words: str, told: IntakeAnswer) -> None:
        """The page again, with the group as it is now."""
        self.add_error(None, f"{words} Check it and answer again.")
        self.data = {"answer": self.data.get("answer"), "shown": told.shown_as}

    def _hints(self, told: IntakeAnswer) -> dict[Any, str]:
        if told.holds_a_place:
            free = "Somebody else can have your place in this group."
            return {
                Answer.OTHER_DATE: f"{free} You go on the waiting list, and we write to you about other dates.",
                Answer.NOT_ANY_MORE: f"{free} We take you off the list for this programme.",
            }
        return {
            Answer.OTHER_DATE: "You stay where you are in the line. We write to you about other dates.",
            Answer.NOT_ANY_MORE: "We take you off the list for this programme.",
        }
