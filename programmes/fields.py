"""Fields of the partners' own forms: what can be stored is what may be public."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from careportal.kit import markdown
from careportal.kit.fields import LineField, TelephoneField, TextField
from careportal.kit.templatetags.govuk import spaced
from programmes.models.partner import WEB


class MarkdownField(TextField):
    """Words, lists, tables and safe links. Anything else is refused here, and shown as typed if it got past (PA6)."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if refusals := markdown.refusals(text):
            raise ValidationError([f"{self.noun} {refusal}" for refusal in refusals], code="unsafe")
        return text


class LongLineField(LineField):
    """One line that is too long for one line of a phone."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class WebField(LineField):
    """The address of a page: http or https, and nobody's name or password in it."""

    input_type = "url"

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text:
            WEB(text)
            if not markdown.is_web_address(text):
                raise ValidationError(WEB.message, code="invalid")
        return text


class RowsField(forms.ModelMultipleChoiceField):
    """A number that no row can have is a wrong choice; asked for it, a database would break off."""

    unknown = "Select what you mean from the list."

    def clean(self, value: Any) -> Any:
        if not all(re.fullmatch(r"[0-9]{1,18}", str(number)) for number in value or []):
            raise ValidationError(self.unknown, code="invalid_choice")
        return super().clean(value)


class PoundsField(LineField):
    """An amount as it is typed, £1,250 or 12.5; kept as 1250.00 and 12.50."""

    inputmode = "decimal"
    width = "10"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)

    def to_python(self, value: Any) -> str:
        text = re.sub(r"[£,\s]", "", super().to_python(value))
        if text and not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,2})?", text, re.ASCII):
            raise ValidationError(f"{self.noun} must be an amount in pounds, like 45 or 12.50", code="invalid")
        return f"{Decimal(text):.2f}" if text else ""


class SpacedTelephoneField(TelephoneField):
    """Shown again in the way that people here write numbers."""

    def prepare_value(self, value: Any) -> Any:
        return spaced(value) if value else value
