"""What a provider is asked on the pages on which it follows its application."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError

from careportal.kit.fields import (
    AddressField,
    ChoiceField,
    LineField,
    MultipleChoiceField,
    TelephoneField,
    TextField,
)
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Details, Question
from careportal.kit.templatetags.govuk import spaced
from enquiries import documents
from enquiries.application.calling import HOURS, NAMES, CallTimesForm, asked_again, call_questions
from enquiries.exceptions import DocumentRefused
from enquiries.models import Enquiry, Interest
from enquiries.models.withdrawal import WhyWithdrawn


class WriteForm(GovukForm):
    text = TextField(
        label="What do you want to tell us?",
        help_text="Do not write about residents or other people by name.",
        missing="Enter your message",
        noun="Your message",
        max_length=4000,
        rows=8,
    )

    def __init__(self, *args: Any, reference: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("text", heading=True, caption=reference), Continue("Send your message"))


class DocumentForm(GovukForm):
    """One file. What it really is, is found here; `kind` then says it."""

    document = forms.FileField(
        label="Choose a file",
        help_text=f"It can be {documents.IN_WORDS}.",
        widget=forms.FileInput(attrs={"accept": documents.ACCEPT}),
        error_messages={
            "required": "Select a file",
            "missing": "Select a file",
            "invalid": "Select a file",
            "empty": "The selected file is empty. Choose another one.",
        },
    )
    kind = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("document"), Continue("Add this file"))

    def clean_document(self) -> Any:
        file = self.cleaned_data["document"]
        try:
            self.kind = documents.check(file)
        except DocumentRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return file


class ContactForm(CallTimesForm, GovukForm):
    """The email address is changed on a page of its own: it has to be proved. Whoever is done is not called."""

    field_order = ("name", "telephone", *NAMES)

    name = LineField(label="Full name", missing="Enter your full name", max_length=120)
    telephone = TelephoneField(label="Telephone number", required=False)

    def __init__(self, *args: Any, enquiry: Enquiry, **kwargs: Any) -> None:
        now, times = enquiry.contact, dict(zip(NAMES, enquiry.call_times, strict=True))
        initial = {"name": now.name, "telephone": spaced(now.telephone), **asked_again(**times)}
        super().__init__(*args, initial=initial, **kwargs)
        self.is_over = enquiry.state == Enquiry.State.CLOSED
        when = [Details("When is it best to call you? (optional)", *call_questions(), hint=HOURS)]
        self.helper.layout = Layout(
            Question("name", autocomplete="name"),
            Question("telephone", width="20"),
            *([] if self.is_over else when),
            Continue("Save"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.asks_for_times and not cleaned.get("telephone") and "telephone" not in self.errors:
            self.add_error("telephone", "Enter your telephone number, so that we can call you at that time")
        return cleaned


class AddressForm(GovukForm):
    address = AddressField(
        label="What is the new email address?", help_text="We send a code to it, to be sure that it is right."
    )

    def __init__(self, *args: Any, reference: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Question("address", heading=True, caption=reference, width="two-thirds"), Continue("Send the code")
        )


class AddressCodeForm(GovukForm):
    code = LineField(label="Enter the code", missing="Enter the code", noun="The code", max_length=20)

    def __init__(self, *args: Any, reference: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked: dict[str, Any] = {
            "caption": reference,
            "width": "10",
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
        }
        self.helper.layout = Layout(Question("code", heading=True, **asked), Continue("Confirm the new address"))


class WithdrawForm(GovukForm):
    """Which programmes, where there are several, and why. It carries what the page showed of each."""

    programmes = MultipleChoiceField(
        label="Which programmes do you want to withdraw from?", missing="Select what you want to withdraw from"
    )
    why = ChoiceField(label="Why?", required=False, choices=WhyWithdrawn.choices)
    shown = forms.CharField(widget=forms.HiddenInput, max_length=4000, required=False)

    def __init__(self, *args: Any, interests: list[Interest], **kwargs: Any) -> None:
        self.shown_now = ";".join(f"{one.pk}={one.shown_as}" for one in interests)
        chosen = [str(one.pk) for one in interests] if len(interests) == 1 else []
        super().__init__(*args, initial={"programmes": chosen, "shown": self.shown_now}, **kwargs)
        self.fields["programmes"].choices = [(str(one.pk), one.name) for one in interests]  # type: ignore[attr-defined]
        self.helper.layout = Layout(
            Question("programmes", size="m"),
            Question("why", size="m"),
            "shown",
            Continue("Withdraw", kind="warning"),
        )

    def chosen(self) -> dict[int, str]:
        """What the page showed of each that was chosen."""
        shown = dict(part.partition("=")[::2] for part in self.cleaned_data["shown"].split(";"))
        return {int(number): shown.get(number, "") for number in self.cleaned_data["programmes"]}

    def show_refusal(self, words: str) -> None:
        """The page again, with everything as it is now."""
        self.add_error(None, words)
        self.data = {**self.data, "programmes": self.cleaned_data.get("programmes", []), "shown": self.shown_now}
