"""What is asked of a partner after its agreement: what became of the applicants' data."""

import datetime as dt
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone

from careportal.kit.dates import DateField
from careportal.kit.fields import ChoiceField, TextField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from programmes.models import AgreementEnd

LONGEST = dt.timedelta(days=10 * 366)
Answer = AgreementEnd.Answer


class DataReturnForm(GovukForm):
    asked: tuple[str, ...] = ("answer", "because", "kept_until")
    button = "Tell the council"

    answer = ChoiceField(
        label="What became of the applicants’ details?",
        missing="Select what became of the details",
        choices=Answer.choices,
        hints={
            Answer.DELETED: "Also those in emails, in spreadsheets and on paper.",
            Answer.KEPT: "For example because the law says so. Tell us below why, and until when.",
        },
    )
    because = TextField(
        label="Why do you keep some of them?",
        help_text="Only if you keep some. Do not name people.",
        required=False,
        noun="Why you keep some of them",
        max_length=250,
        rows=3,
    )
    kept_until = DateField(
        label="Until when?",
        help_text="Only if you keep some.",
        required=False,
        noun="The day until which you keep them",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kept_until"]
        field.earliest, field.latest = timezone.localdate(), timezone.localdate() + LONGEST
        self.helper.layout = Layout(*(Question(name, size="m") for name in self.asked), Continue(self.button))

    def clean(self) -> dict[str, Any]:
        """Who keeps nothing gives no reason; what was typed is not thrown away, but asked about."""
        cleaned = super().clean() or self.cleaned_data
        keeps, typed = cleaned.get("answer") == Answer.KEPT, {"because", "kept_until"} - set(self.errors)
        for name, missing in (("because", "Enter why you keep some of them"), ("kept_until", "Enter until when")):
            if keeps and name in typed and not cleaned.get(name):
                self.add_error(name, missing)
            elif not keeps and cleaned.get("answer") and cleaned.get(name):
                self.add_error(name, "Leave this empty, or select that you keep some of them")
        return cleaned


class CorrectionForm(DataReturnForm):
    """It carries which answer it corrects, so that nobody corrects one that they have not seen."""

    why = TextField(
        label="Why is it corrected?",
        help_text="For example: the partner called and had found another copy. Do not name people.",
        missing="Enter why it is corrected",
        noun="Why it is corrected",
        max_length=250,
        rows=3,
    )
    shown = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    asked = (*DataReturnForm.asked, "why")
    button = "Save the correction"

    def __init__(self, *args: Any, end: AgreementEnd, **kwargs: Any) -> None:
        super().__init__(*args, initial={"shown": end.mark}, **kwargs)
        self.helper.layout.append("shown")
