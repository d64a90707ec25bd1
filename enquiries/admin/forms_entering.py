"""What only an officer is asked when an enquiry is entered for a provider."""

import datetime as dt
import uuid
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone

from careportal.kit.fields import ChoiceField, DateField, TickField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Question
from enquiries.models import Enquiry

MOST_DAYS = 60


class CameInForm(GovukForm):
    """How and when it came. The key makes a second click the same enquiry."""

    channel = ChoiceField(
        label="How did it come in?",
        missing="Select how it came in",
        choices=[
            (Enquiry.Channel.OFFICER, "By telephone or in person"),
            (Enquiry.Channel.EMAIL, "By email"),
        ],
    )
    came_on = DateField(
        label="When did it come in?",
        help_text="The promise to the provider counts from this day.",
        missing="Enter the day on which it came in",
        noun="The day on which it came in",
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = timezone.localdate()
        kwargs["initial"] = {"came_on": today, "key": uuid.uuid4()}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["came_on"]
        field.latest, field.earliest = today, today - dt.timedelta(days=MOST_DAYS)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(Question("channel"), Question("came_on"), "key")


class KeyForm(GovukForm):
    """Makes a second click the same filling in."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"key": uuid.uuid4()}, **kwargs)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("key")


class ConfirmedForm(GovukForm):
    """What the provider has to know and say before it is stored."""

    told = TickField(
        label="I have told the provider how we use their information, and they say they may apply for the organisation",
        missing="Tell the provider how we use their information, and ask whether they may apply for the organisation",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(Question("told"))
