"""Forms that ask next to nothing, the same in every part of the portal."""

from typing import Any

from crispy_forms.layout import Layout

from careportal.kit.fields import LineField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question


class OneButton(GovukForm):
    """Nothing to fill in: the button is the answer, so that opening the page does nothing."""

    def __init__(self, *args: Any, button: str, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Continue(button, kind=kind))


class CodeForm(GovukForm):
    """The code that was mailed. Whether it is right is known to whoever sent it."""

    code = LineField(
        label="Code from the email", help_text="The code has 6 digits.", missing="Enter the code", max_length=40
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = Question("code", width="10", autocomplete="one-time-code", inputmode="numeric")
        self.helper.layout = Layout(code, Continue())
