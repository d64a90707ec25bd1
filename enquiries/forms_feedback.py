"""What is asked of whoever has something to say about a page."""

import uuid
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from careportal.kit.fields import AddressField, ChoiceField, LineField, TelephoneField, TextField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Question
from enquiries.models import Feedback
from enquiries.models.feedback import LONGEST

NOBODY = "Do not write anything about people: no names, no contact details, no health."


class ForPeople(GovukForm):
    """`website` is shown to nobody: only programs fill it in."""

    website = forms.CharField(required=False, max_length=200)

    def _clean_fields(self) -> None:
        super()._clean_fields()
        if "website" in self.errors:  # whatever is wrong with what nobody sees: somebody filled it in
            del self.errors["website"]
            self.cleaned_data["website"] = "filled in"
        self.errors.pop("key", None)  # nobody sees it: without one, another is made

    @property
    def is_by_a_program(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class FeedbackForm(ForPeople):
    rating = ChoiceField(
        label="How satisfied are you with this service?",
        missing="Select how satisfied you are",
        choices=Feedback.Rating.choices,
    )
    comment = TextField(
        label="How could we make it better?",
        help_text=f"{NOBODY} We cannot answer: nobody knows who wrote.",
        required=False,
        noun="What you write",
        max_length=LONGEST,
        rows=5,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.form_tag = False
        self.helper.layout = Layout(Question("rating", size="m"), Question("comment", size="m"))

    def told(self) -> dict[str, Any]:
        return {"rating": int(self.cleaned_data["rating"]), "comment": self.cleaned_data["comment"]}


class BarrierForm(ForPeople):
    """The key is good for one enquiry, however often the form is sent."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = TextField(
        label="What could you not do?",
        help_text="You can say which browser or which aid you use, such as a screen reader.",
        missing="Enter what you could not do",
        noun="What you could not do",
        max_length=2000,
        rows=6,
    )
    full_name = LineField(label="Your name", missing="Enter your name", noun="Your name", max_length=120)
    email = AddressField(label="Your email address", help_text="We answer there.", missing="Enter your email address")
    telephone = TelephoneField(
        label="Your telephone number", help_text="If you would rather be called.", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "key",
            Question("text", size="m"),
            Question("full_name", autocomplete="name"),
            Question("email", autocomplete="email", width="two-thirds"),
            Question("telephone", autocomplete="tel", width="20"),
        )

    def told(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "key": given.get("key") or uuid.uuid4(),
            "text": given["text"],
            "name": given["full_name"],
            "email": given["email"],
            "telephone": given["telephone"],
        }
