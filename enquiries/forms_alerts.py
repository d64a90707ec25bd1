"""What is asked of whoever wants alerts: an email address, and nothing else."""

from typing import Any

from crispy_forms.layout import Layout

from careportal.kit.fields import AddressField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question


class AskForm(GovukForm):
    email = AddressField(label="Your email address", missing="Enter your email address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("email", size="m", width="two-thirds"), Continue("Send me a confirmation"))
