"""What is asked of whoever leaves an application, comes back to it, or follows it."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from careportal.kit.fields import AddressField, LineField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries import codes
from enquiries.references import GROUP_LENGTH, GROUPS, as_written


class ReferenceField(LineField):
    """A reference, however it is typed: small letters, spaces or no hyphens."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        bare = codes.bare(text)
        if text and len(bare) != GROUPS * GROUP_LENGTH:
            raise ValidationError("Enter your reference, like 4K7-RWX-92M", code="invalid")
        return as_written(bare)


class SaveForm(GovukForm):
    """Where to send the way back. It carries which saving the page showed."""

    email = AddressField(
        label="What is your email address?",
        help_text="Your answers so far are saved. We send a code to this address. With it you can go on with your "
        f"application on any device, for {settings.DRAFT_DAYS} days.",
    )
    shown = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        question = Question("email", heading=True, caption="Save and come back later", width="two-thirds")
        self.helper.layout = Layout(question, "shown", Continue("Send me a code"))


class ReturnForm(GovukForm):
    email = AddressField(label="Email address", help_text="The one you saved your application with.")
    code = LineField(
        label="Code from our email",
        help_text="Like 4K7RW-X92MC. Capitals and the hyphen do not matter.",
        missing="Enter the code from our email",
        max_length=40,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = Question("code", width="20", autocomplete="one-time-code")
        self.helper.layout = Layout(Question("email", width="two-thirds"), code, Continue())


class FollowForm(GovukForm):
    reference = ReferenceField(
        label="Reference",
        help_text="Like 4K7-RWX-92M. It is in our email, and was on the page after you sent your application.",
        missing="Enter your reference",
        max_length=40,
    )
    email = AddressField(label="Email address", help_text="The one you gave us when you applied, or wrote to us from.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reference = Question("reference", width="20", autocomplete="off")
        self.helper.layout = Layout(reference, Question("email", width="two-thirds"), Continue("Send me a code"))


class CompleteForm(FollowForm):
    """For whoever wrote to us, and has seen no page of ours before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].help_text = "Like 4K7-RWX-92M. It is in our email to you."
        self.fields["email"].help_text = "The one you wrote to us from."
