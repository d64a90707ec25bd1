"""One rule for passwords that Django does not bring: they must not be made of our own names."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError


class NotOurName:
    """Refuses passwords that hold a long word of the council's or the service's name (SE5)."""

    def validate(self, password: str, user: object = None) -> None:
        if any(word in password.lower() for word in _our_words()):
            raise ValidationError(
                "Your password must not contain the name of the council or of this service.", "our_name"
            )

    def get_help_text(self) -> str:
        return "Your password must not contain the name of the council or of this service."


def _our_words() -> set[str]:
    names = f"{settings.COUNCIL.name} {settings.COUNCIL.service_name}".lower()
    return {word for word in re.findall(r"\w+", names) if len(word) > 6}
