"""Buttons of whoever applied by email: to fill in the details, or to say that nothing is needed any more."""

from typing import Any

from crispy_forms.layout import Layout

from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue


class BeginForm(GovukForm):
    def __init__(self, *args: Any, goes_on: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Continue("Go on with your details" if goes_on else "Fill in the details"))


class NotNeededForm(GovukForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Continue("I do not need it any more", kind="warning"))
