"""What is asked of whoever finds a mistake on a page, and of whoever answers."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from careportal.kit.fields import AddressField, ChoiceField, TextField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from programmes.models import ListingReport


class ReportForm(GovukForm):
    """`website` is shown to nobody: only programs fill it in."""

    kind = ChoiceField(label="What is wrong?", missing="Select what is wrong", choices=ListingReport.Kind.choices)
    text = TextField(
        label="What should it say instead?",
        help_text="Do not write about people by name. The partner that runs the programme reads this too.",
        missing="Enter what it should say instead",
        noun="What it should say instead",
        max_length=1000,
        rows=5,
    )
    email = AddressField(
        label="Your email address",
        help_text="Only if you want an answer. Only the council has it, for 90 days at most.",
        required=False,
    )
    website = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Question("kind", size="m"), Question("text", size="m"), Question("email", size="m", width="two-thirds")
        )

    def _clean_fields(self) -> None:
        super()._clean_fields()
        if "website" in self.errors:  # whatever is wrong with what nobody sees: somebody filled it in
            del self.errors["website"]
            self.cleaned_data["website"] = "filled in"

    @property
    def is_by_a_program(self) -> bool:
        return bool(self.cleaned_data.get("website"))

    def told(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("kind", "text", "email")}


class AnswerReportForm(GovukForm):
    answer = ChoiceField(
        label="What became of it?", missing="Select what became of it", choices=ListingReport.Answer.choices
    )
    note = TextField(
        label="Anything to add?",
        help_text="Whoever reported it reads this, if they left an address. Do not name people.",
        required=False,
        noun="What you add",
        max_length=500,
        rows=4,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Question("answer", size="m"), Question("note", size="m"), Continue("Send the answer")
        )
