from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class SharedField(models.TextChoices):
    """What an applicant told that a partner may be given when an officer refers somebody. Nothing else ever is."""

    ORGANISATION = "organisation", "Organisation"
    PROVIDER_TYPE = "provider_type", "Kind of care"
    POSTCODE = "postcode", "Postcode"
    CONTACT_NAME = "contact_name", "Name of the contact"
    EMAIL = "email", "Email address"
    TELEPHONE = "telephone", "Telephone number"
    MESSAGE = "message", "Message"
    ANSWERS = "answers", "Answers to the programme’s own questions"


def least_shared() -> list[str]:
    """Which service it is, and nobody's name: what a partner sees until a lead officer decides otherwise."""
    return [SharedField.ORGANISATION.value, SharedField.PROVIDER_TYPE.value, SharedField.POSTCODE.value]


def refuse_unknown_fields(codes: Any) -> None:
    """A validator: a rule is a list of codes that are known."""
    if not isinstance(codes, list) or any(code not in SharedField.values for code in codes):
        raise ValidationError(f"Choose only from: {', '.join(SharedField.labels)}.")
