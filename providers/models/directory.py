"""The Care Quality Commission's published directory, as last imported. No column is for the name of a person."""

from typing import Any

from django.db import models
from django.utils import timezone

from careportal.kit.cleaning import fold
from providers.models.provider import ProviderType


class RegisteredLocation(models.Model):
    """A place that is registered with the Care Quality Commission. Only imports write it, and may remove it.

    So nothing points to its row: whoever has to remember a location keeps its CQC location ID.
    """

    cqc_location_id = models.CharField("CQC location ID", max_length=20, unique=True)
    cqc_provider_id = models.CharField("CQC provider ID", max_length=20, blank=True, db_index=True)
    name = models.CharField(max_length=200)
    provider_name = models.CharField(max_length=200, blank=True)
    type = models.CharField(
        max_length=30,
        choices=ProviderType,
        default=ProviderType.OTHER,
        help_text="The most telling of its service types; another kind of care where none is known.",
    )
    service_types = models.JSONField(default=list, blank=True, help_text="In the words of the directory.")
    specialisms = models.JSONField(default=list, blank=True)
    address = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=8, blank=True, db_index=True, help_text="Empty if it could not be read.")
    telephone = models.CharField(max_length=20, blank=True)
    website = models.TextField(blank=True)
    local_authority = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    rating = models.CharField(max_length=40, blank=True, help_text="The latest overall rating.")
    rated_on = models.DateField(null=True, blank=True)
    is_social_care = models.BooleanField("social care", default=False)
    search_text = models.TextField(default="", editable=False, help_text="What it is found by, folded.")

    class Meta:
        ordering = ["name", "cqc_location_id"]
        # What the lookup reads alone: SQLite goes through the texts in the index, PostgreSQL has trigrams besides.
        indexes = [
            models.Index(
                fields=["search_text"], condition=models.Q(is_social_care=True), name="registered_location_search"
            ),
            models.Index(
                fields=["local_authority", "search_text"],
                condition=models.Q(is_social_care=True),
                name="registered_location_local",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(cqc_location_id=""), name="registered_location_has_an_id"),
            models.CheckConstraint(
                condition=models.Q(type__in=ProviderType.values), name="registered_location_type_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(website="")
                | models.Q(website__startswith="http://")
                | models.Q(website__startswith="https://"),
                name="registered_location_website_is_a_web_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.cqc_location_id})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Imports write many at once, and so not by this."""
        self.search_text = self.searched
        super().save(*args, **kwargs)

    @property
    def tells_its_type(self) -> bool:
        """Ratings name many locations without a word on what they do: "another kind" is then no answer."""
        return bool(self.service_types) or self.type != ProviderType.OTHER

    @property
    def where(self) -> str:
        """The address on one line, with its postcode."""
        return ", ".join(part for part in (self.address, self.postcode) if part)

    @property
    def told_apart_by(self) -> str:
        """What tells it from another location of the same name: many share one, or an address."""
        run_by = "" if self.provider_name in {"", self.name} else f"Run by {self.provider_name}"
        return ". ".join(part for part in (self.where, run_by) if part)

    @property
    def searched(self) -> str:
        """What it is found by: a postcode as people may type it, and both IDs, which people mix up."""
        return fold(
            " ".join(
                [
                    *(self.name, self.provider_name, self.postcode, self.postcode.replace(" ", "")),
                    *(self.cqc_location_id, self.cqc_provider_id),
                ]
            )
        )


class DirectoryImport(models.Model):
    """One of the Commission's files, as it was imported: how many of what, and what was odd about it."""

    class Kind(models.TextChoices):
        DIRECTORY = "directory", "Care directory"
        FILTERS = "filters", "Care directory with filters"
        RATINGS = "ratings", "Latest ratings"
        SEARCH_EXPORT = "search_export", "Export of the website’s search"

    kind = models.CharField(max_length=20, choices=Kind)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField("SHA-256 of the file", max_length=64)
    produced_on = models.DateField(
        null=True, blank=True, help_text="The day it says it was made on. Where it says none: the newest day in it."
    )
    imported_at = models.DateTimeField(default=timezone.now)
    rows = models.PositiveIntegerField(help_text="Rows read, without headings.")
    locations = models.PositiveIntegerField(help_text="Locations that the file names.")
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    odd = models.JSONField(default=dict, blank=True, help_text="What was odd: how often, and the first lines of each.")

    class Meta:
        ordering = ["-imported_at", "-pk"]
        verbose_name = "directory import"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["directory", "filters", "ratings", "search_export"]),
                name="directory_import_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, imported on {timezone.localtime(self.imported_at):%-d %B %Y}"

    @property
    def odd_in_words(self) -> list[str]:
        """A line for each: how often, what, and where first."""
        return [_in_words(what, **noted) for what, noted in self.odd.items()]


def _in_words(what: str, count: int, lines: list[int]) -> str:
    named = ", ".join(f"{line:,}" for line in lines)
    return f"{count:,} × {what}: {'line' if count == 1 else 'lines'} {named}{', …' if count > len(lines) else ''}"
