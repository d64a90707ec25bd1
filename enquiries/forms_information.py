"""What is asked of whoever wants to see, correct or end what is held about them."""

import uuid
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from careportal.kit.fields import AddressField, ChoiceField, LineField, TextField, TickField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries.forms_feedback import ForPeople
from enquiries.models import RightsRequest
from enquiries.models.rights import LONGEST


class AddressForm(GovukForm):
    email = AddressField(
        label="What is your email address?",
        help_text="We send a code to it, so that nobody else sees what we hold about you.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        question = Question("email", heading=True, caption="See what we hold about you", width="two-thirds")
        self.helper.layout = Layout(question, Continue("Send me a code"))


class AskForm(ForPeople):
    """The key is good for one request, however often the form is sent."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kind = ChoiceField(
        label="What do you want us to do?",
        missing="Select what you want us to do",
        choices=RightsRequest.Kind.choices,
    )
    text = TextField(
        label="What should we know about it?",
        help_text="For example what is wrong and how it should read. If you have a reference, say it here. "
        "Do not write about residents or other people by name.",
        required=False,
        noun="What we should know",
        max_length=LONGEST,
        rows=6,
    )
    full_name = LineField(label="Your name", missing="Enter your name", noun="Your name", max_length=120)
    email = AddressField(
        label="Your email address", help_text="The one you used with us, if you still have it. We answer there."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4
        self.helper.form_tag = False
        self.helper.layout = Layout(
            *("key", Question("kind", size="m"), Question("text", size="m")),
            Question("full_name", autocomplete="name"),
            Question("email", autocomplete="email", width="two-thirds"),
        )

    def told(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "key": given.get("key") or uuid.uuid4(),
            "name": given["full_name"],
            **{name: given[name] for name in ("kind", "text", "email")},
        }


class CloseAccountForm(GovukForm):
    """`alone` are the organisations that nobody owns afterwards: that has to be said as well."""

    sure = TickField(label="I understand that my account is closed for good", missing="Select that you understand this")
    ownerless = TickField(
        label="I understand that nobody is owner of these organisations then",
        missing="Select that you understand what becomes of your organisations",
    )

    def __init__(self, *args: Any, alone: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not alone:
            del self.fields["ownerless"]
        questions = [Question(name) for name in self.fields]
        self.helper.layout = Layout(*questions, Continue("Close my account", kind="warning"))
