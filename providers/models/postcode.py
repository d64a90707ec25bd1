"""Which council and ward each postcode lies in, as the Ordnance Survey published it."""

from django.db import models
from django.utils import timezone


class UnitPostcode(models.Model):
    """A postcode, with the codes of the district, county and ward it lies in. Only imports write or remove it."""

    postcode = models.CharField(max_length=8, primary_key=True, help_text="With one space: RM10 7AB.")
    district = models.CharField(max_length=9, help_text="Code of the district or unitary council.")
    county = models.CharField(max_length=9, blank=True, help_text="Code of the county. Empty where there is none.")
    ward = models.CharField(max_length=9, blank=True)

    class Meta:
        ordering = ["postcode"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(district=""), name="unit_postcode_lies_in_a_district"),
        ]

    def __str__(self) -> str:
        return self.postcode


class Ward(models.Model):
    """What a ward is called. Only imports write it."""

    code = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["name", "code"]

    def __str__(self) -> str:
        return self.name


class PostcodeImport(models.Model):
    """An import of postcodes: what it read, and how many it had to leave out."""

    edition = models.CharField(max_length=40, blank=True, help_text="As the Ordnance Survey names it.")
    files = models.JSONField(default=list, help_text="Names of the files.")
    areas = models.JSONField(default=list, help_text="Postcode areas that the files hold: RM, IG.")
    imported_at = models.DateTimeField(default=timezone.now)
    rows = models.PositiveIntegerField()
    placed = models.PositiveIntegerField(help_text="Postcodes with a district.")
    unplaced = models.PositiveIntegerField(help_text="Rows of which the file does not know the district.")
    inside = models.PositiveIntegerField(help_text="Postcodes in the council’s area.")

    class Meta:
        ordering = ["-imported_at", "-pk"]
        verbose_name = "import of postcodes"
        verbose_name_plural = "imports of postcodes"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rows=models.F("placed") + models.F("unplaced")),
                name="every_row_of_a_postcode_import_is_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"Postcodes, imported on {timezone.localtime(self.imported_at):%-d %B %Y}"
