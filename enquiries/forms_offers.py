"""What a provider is asked on the page of an offer."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from careportal.kit.fields import ChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries.models import Interest

ACCEPT, DECLINE = "accept", "decline"


class AnswerForm(GovukForm):
    """Accept or decline. It carries which offer the page showed."""

    answer = ChoiceField(
        label="Do you want this place?",
        missing="Select whether you want this place",
        choices=[(ACCEPT, "Yes, I accept the place"), (DECLINE, "No, I decline the place")],
        hints={
            ACCEPT: "We keep the place for you.",
            DECLINE: "We offer it to somebody else, and take you off the list for this programme.",
        },
    )
    shown = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        super().__init__(*args, initial={"shown": interest.shown_as}, **kwargs)
        self.helper.layout = Layout(Question("answer", size="m"), "shown", Continue("Send your answer"))

    def chosen(self) -> dict[str, Any]:
        return {"accepts": self.cleaned_data["answer"] == ACCEPT, "shown": self.cleaned_data["shown"]}

    def show_refusal(self, words: str, interest: Interest) -> None:
        """The page again, with the offer as it is now."""
        self.add_error(None, f"{words} Check the offer and answer again.")
        self.data = {"answer": self.data.get("answer"), "shown": interest.shown_as}
