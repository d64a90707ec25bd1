from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from careportal.kit.placeholders import UnknownPlaceholder, refuse_unknown


class Wording(models.Model):
    """The council's own words for a part of a letter. Where there are none, the built-in ones are used."""

    class Part(models.TextChoices):
        WHAT_NEXT = "what_next", "Acknowledgement: what happens next"

    PLACEHOLDERS = ("reference", "telephone", "opening hours", "council")

    part = models.CharField(max_length=20, choices=Part, unique=True)
    text = models.TextField(
        max_length=2000,
        help_text="Plain text. You can use ((reference)), ((telephone)), ((opening hours)) and ((council)).",
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "wording of a letter"
        verbose_name_plural = "wording of letters"

    def __str__(self) -> str:
        return self.get_part_display()

    def clean(self) -> None:
        """What could not be filled in is refused before any letter needs it."""
        if trouble := self.trouble:
            raise ValidationError({"text": trouble})

    @property
    def trouble(self) -> str:
        """Why this wording cannot be used, in words for who wrote it; empty when it can."""
        if not self.text.strip():
            return "Write what happens next, or remove this wording: then the built-in one is used."
        try:
            refuse_unknown(self.text, self.PLACEHOLDERS)
        except UnknownPlaceholder as unknown:
            known = ", ".join(f"(({name}))" for name in self.PLACEHOLDERS)
            return f"“{unknown}” cannot be filled in. Use only {known}, each with two brackets on both sides."
        return ""
