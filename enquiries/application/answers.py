from typing import Any

from crispy_forms.layout import Layout

from careportal.kit.fields import TextField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question


class AnswerForm(GovukForm):
    """The provider's answer to one question."""

    text = TextField(
        label="Your answer",
        help_text="Do not write about residents or other people by name.",
        missing="Enter your answer",
        noun="Your answer",
        max_length=4000,
        rows=8,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("text"), Continue("Send your answer"))
