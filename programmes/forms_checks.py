"""What is asked of a partner that tells whether its listings are still correct."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from careportal.kit.fields import ChoiceField, MultipleChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Button, Continue, Question
from programmes.models import ListingCheck, Programme

Answer = ListingCheck.Answer


class AnswerForm(GovukForm):
    """Which listings, and one of three buttons. All are ticked at first: most often all are correct."""

    listings = MultipleChoiceField(
        label="Which of them do you mean?", missing="Select at least one programme", help_text="Select all that apply."
    )
    answer = forms.ChoiceField(choices=[(one, one.label) for one in (Answer.CORRECT, Answer.CHANGE, Answer.CLOSED)])

    def __init__(self, *args: Any, programmes: Sequence[Programme], **kwargs: Any) -> None:
        numbers = [str(programme.pk) for programme in programmes]
        super().__init__(*args, initial={"listings": numbers}, **kwargs)
        self.fields["listings"].choices = [(str(one.pk), one.title) for one in programmes]  # type: ignore[attr-defined]
        self.fields["answer"].error_messages = dict.fromkeys(("required", "invalid_choice"), "Press one of the buttons")
        self.helper.layout = Layout(
            Question("listings", size="m"),
            Continue(
                "Correct",
                Button("Change", name="answer", value=Answer.CHANGE),
                Button("Closed", name="answer", value=Answer.CLOSED, kind="warning"),
                name="answer",
                value=Answer.CORRECT,
            ),
        )

    def chosen(self) -> list[int]:
        return [int(number) for number in self.cleaned_data["listings"]]


class CallForm(GovukForm):
    """What a call came to."""

    answer = ChoiceField(
        label="What did they say?",
        missing="Select what they said",
        choices=[
            (Answer.CORRECT, "It is still correct"),
            (Answer.CLOSED, "It has closed"),
            (Answer.SILENT, "Nobody was reached"),
        ],
        hints={
            Answer.CORRECT: "The page then says that the council checked it today.",
            Answer.CLOSED: "A colleague reviews the closing. Until then the page stays as it is.",
            Answer.SILENT: "It stays in the list.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("answer", size="m"), Continue("Write it down"))
