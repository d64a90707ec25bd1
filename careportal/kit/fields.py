"""Form fields that clean what is typed and answer with GOV.UK's sort of words.

Every field takes `missing` (what to say when there is no answer: "Enter your full name") and `noun` (how other
messages call the answer: "Full name"); both are made from the label when they are not given. Every field looks
at the length first, so that no pattern, normalisation or library ever meets a text of any size.
"""

import re
from collections.abc import Iterable
from email.utils import parseaddr
from typing import Any

import phonenumbers
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from localflavor.gb.forms import GBPostcodeField

from careportal.kit import cleaning
from careportal.kit.dates import DateField
from careportal.kit.wording import Worded

__all__ = [
    "AddressField",
    "ChoiceField",
    "DateField",
    "LineField",
    "MultipleChoiceField",
    "PostcodeField",
    "TelephoneField",
    "TextField",
    "TickField",
    "WholeNumberField",
    "YesNoField",
]

# As RFC 5321 has it, less what only a program would type: quotes, commas, backticks, dollars, pipes.
_LOCAL = re.compile(r"[a-z0-9!#%&'*+/=?^_{}~][a-z0-9!#%&'*+/=?^_{}~.-]*", re.IGNORECASE | re.ASCII)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_TOP_LEVEL = re.compile(r"xn--[a-z0-9-]+|[a-z]{2,63}")
_NOWHERE = {"localhost", "local", "localdomain", "internal", "invalid", "lan", "home"}

NOT_ONE_ADDRESS = "Enter one email address in the correct format, like name@example.com"

# Kept by Ofcom for drama: numbers that reach nobody, for tests and training.
_DRAMA = ("+441632960", "+447700900")


class Cleaned(Worded, forms.CharField):
    """A text that is bounded, storable and cleaned before its own rule looks at it."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        # Our own checks come first and in our own words; Django's of length and NUL would only repeat them.
        self.validators = list(kwargs.get("validators") or ())

    def tidy(self, text: str) -> str:
        return cleaning.one_line(text)

    def to_python(self, value: Any) -> str:
        text = "" if value is None else str(value)
        self.refuse_longer(text, self.most * 2 + 100)  # spaces and marks that cleaning removes are not held against it
        if not cleaning.storable(text):
            raise ValidationError(
                f"{self.noun} has a character in it that cannot be read. Type it again instead of pasting it",
                code="unreadable",
            )
        text = self.tidy(text).strip()
        self.refuse_longer(text, self.most)
        return text or self.empty_value or ""

    @property
    def most(self) -> int:
        return self.max_length or 0

    def refuse_longer(self, text: str, most: int) -> None:
        if len(text) > most:
            raise ValidationError(f"{self.noun} must be {self.most:,} characters or less", code="max_length")


class LineField(Cleaned):
    """One line of text: line breaks, controls and invisible marks never get through (FI5)."""

    def __init__(self, *, max_length: int = 200, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)


class TextField(Cleaned):
    """Text of several lines, with a count of what is left. `rows` is its height on the page."""

    def __init__(self, *, max_length: int = 2000, rows: int = 6, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)

    def tidy(self, text: str) -> str:
        return cleaning.many_lines(text)


class AddressField(Cleaned):
    """One email address that can be written to, and is not the council's own (FI12). The domain in small letters."""

    widget = forms.EmailInput
    autocomplete = "email"

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"noun": "Email address", "missing": "Enter your email address", **kwargs}
        super().__init__(max_length=254, **kwargs)

    def tidy(self, text: str) -> str:
        return text.strip()

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return text
        address = None if re.search(r"[\r\n]", str(value)) else _address(text)
        if address is None:
            raise ValidationError(NOT_ONE_ADDRESS, code="invalid")
        if _mailbox(address) in _own_mailboxes():
            raise ValidationError("Enter your own email address, not one of this service", code="own")
        return address


def _address(text: str) -> str | None:
    """The address with its domain in small letters and in ASCII, or None when it is no address."""
    local, _, domain = text.rpartition("@")
    domain = _ascii(domain.lower())
    labels = domain.split(".")
    well_formed = (
        len(local) <= 64
        and _LOCAL.fullmatch(local)
        and "=?" not in local  # mail programs would read it as coded text, and write to somebody else
        and ".." not in local
        and not local.endswith(".")
        and len(labels) > 1
        and all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels)
        and _TOP_LEVEL.fullmatch(labels[-1])
        and labels[-1] not in _NOWHERE
        and len(local) + len(domain) < 254
    )
    return f"{local}@{domain}" if well_formed else None


def _ascii(domain: str) -> str:
    """An international domain as mail servers know it; "" when there is no such form."""
    try:
        return domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return ""


def _mailbox(address: str) -> str:
    """Where mail to this address ends up: in small letters, without what follows a plus."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _own_mailboxes() -> set[str]:
    own = (settings.BUSINESS_FORUM_INBOX, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    return {_mailbox(address) for address in own}


class TelephoneField(Cleaned):
    """A telephone number however it is typed; kept as +442082153000 (FI13)."""

    widget = forms.TextInput
    input_type = "tel"
    autocomplete = "tel"

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"noun": "Telephone number", "missing": "Enter your telephone number", **kwargs}
        super().__init__(max_length=40, **kwargs)

    def tidy(self, text: str) -> str:
        return cleaning.narrow(text)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return text
        number = _number(text)
        if number is None:
            raise ValidationError("Enter a telephone number, like 020 7946 0958 or 07700 900123", code="invalid")
        if number.extension:
            raise ValidationError("Enter the telephone number without an extension", code="extension")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _number(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return None
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    drama = plain.startswith(_DRAMA) and phonenumbers.is_possible_number(number)
    return number if drama or phonenumbers.is_valid_number(number) else None


class PostcodeField(Cleaned):
    """A full UK postcode however it is typed; kept with one space and in capitals (FI13)."""

    widget = forms.TextInput
    autocomplete = "postal-code"
    width = "10"

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"noun": "Postcode", "missing": "Enter the postcode", **kwargs}
        super().__init__(max_length=20, **kwargs)

    def tidy(self, text: str) -> str:
        return re.sub(r"[\s.,-]", "", cleaning.narrow(text)).upper()

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        postcode = f"{text[:-3]} {text[-3:]}"
        if text and not GBPostcodeField.postcode_regex.search(postcode):
            like = settings.COUNCIL.area.examples[0]
            raise ValidationError(f"Enter a full UK postcode, like {like}", code="invalid")
        return postcode if text else text


class WholeNumberField(Worded, forms.Field):
    """A whole number, not below `least` and not above `most`. Spaces and commas between digits are fine."""

    widget = forms.TextInput
    inputmode = "numeric"

    def __init__(self, *, least: int = 0, most: int = 1_000_000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most
        self.width = "5" if most > 999 else "3"

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or isinstance(value, int):
            return value if isinstance(value, int) else None
        text = str(value)
        digits = re.sub(r"[ ,]", "", cleaning.narrow(text)) if len(text) <= 30 else "too long"
        if not digits:
            return None
        if not re.fullmatch(r"-?[0-9]+", digits):
            raise ValidationError(f"{self.noun} must be a whole number, like 12", code="invalid")
        return int(digits)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not self.least <= value <= self.most:
            raise ValidationError(
                f"{self.noun} must be a number from {self.least:,} to {self.most:,}", code="out_of_range"
            )


class ChoiceField(Worded, forms.ChoiceField):
    """One of a few answers, as radios. Something that was not offered counts as no answer, and is not repeated.

    `hints` gives the line under an answer, by its value.
    """

    verb = "Select"
    widget = forms.RadioSelect

    def __init__(self, *, hints: dict[Any, str] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hints = hints or {}

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)
        if value and not self.valid_value(value):
            raise ValidationError(self.missing, code="invalid_choice")


class MultipleChoiceField(Worded, forms.MultipleChoiceField):
    """Any of several answers, as checkboxes. `nothing` is the value of "None of these": it goes with no other."""

    verb = "Select"
    widget = forms.CheckboxSelectMultiple
    too_many = 200

    def __init__(self, *, hints: dict[Any, str] | None = None, nothing: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hints, self.nothing = hints or {}, nothing

    def to_python(self, value: Any) -> list[str]:
        if value and (not isinstance(value, list | tuple) or len(value) > self.too_many):
            raise ValidationError(self.missing, code="invalid_choice")
        return list(dict.fromkeys(super().to_python(value)))

    def validate(self, value: Iterable[str]) -> None:
        values = list(value)
        forms.Field.validate(self, values)
        if not all(self.valid_value(one) for one in values):
            raise ValidationError(self.missing, code="invalid_choice")
        if self.nothing in values and len(values) > 1:
            raise ValidationError(f"{self.missing}, or select “{self._label(self.nothing)}”", code="contradiction")

    def _label(self, value: str) -> str:
        labels: dict[str, str] = {str(key): str(label) for key, label in self.widget.choices}
        return labels.get(value, "")


class YesNoField(Worded, forms.TypedChoiceField):
    """A question that is answered with yes or no; True, False, or None when it may stay open."""

    verb = "Select"
    widget = forms.RadioSelect

    def __init__(self, *, yes: str = "Yes", no: str = "No", hints: dict[Any, str] | None = None, **kwargs: Any) -> None:
        choices = [("yes", yes), ("no", no)]
        super().__init__(choices=choices, coerce=lambda value: value == "yes", empty_value=None, **kwargs)
        self.hints = hints or {}

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)
        if value and not self.valid_value(value):
            raise ValidationError(self.missing, code="invalid_choice")


class TickField(Worded, forms.BooleanField):
    """One box to tick, for a statement that must be agreed to, or may be."""

    verb = "Select"
