"""How a field calls itself in its messages."""

from typing import Any

from django import forms

from careportal.kit.components import lower_first


class Worded(forms.Field):
    """A field with a `missing` message and a `noun`, both made from its label when the page does not give them."""

    verb = "Enter"
    autocomplete = ""
    inputmode = ""
    input_type = ""
    width = ""

    def __init__(self, *, missing: str = "", noun: str = "", **kwargs: Any) -> None:
        self._missing, self._noun = missing, noun
        super().__init__(**kwargs)
        self.error_messages["required"] = (kwargs.get("error_messages") or {}).get("required") or self.missing

    @property
    def noun(self) -> str:
        """“Full name”. A label that is a whole question makes a poor noun, so it becomes “Your answer”."""
        label = str(self.label or "")
        return self._noun or (label if label and not label.endswith("?") else "Your answer")

    @property
    def missing(self) -> str:
        """“Enter your full name”."""
        return self._missing or f"{self.verb} {lower_first(self.noun)}"
