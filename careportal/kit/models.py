from django.db import models

from careportal.kit.digests import digest, fits


class Chain(models.Model):
    """The end of one table's chain of seals, itself sealed: so that rows missing from the end are noticed too."""

    table = models.CharField(primary_key=True, max_length=60)
    number = models.PositiveBigIntegerField(default=0, help_text="The last number that was given.")
    seal = models.CharField(max_length=64, default="", blank=True, help_text="The seal of that row.")
    began_at = models.DateTimeField()
    closing = models.CharField(max_length=64, help_text="A keyed sum over the other fields.")

    class Meta:
        verbose_name = "end of a chain"
        verbose_name_plural = "ends of chains"

    def __str__(self) -> str:
        return f"{self.table} {self.number}"

    def close(self) -> None:
        self.closing = digest("end of a chain", self._content())

    @property
    def is_as_it_was(self) -> bool:
        return fits(self.closing, "end of a chain", self._content())

    def _content(self) -> list[object]:
        return [self.table, self.number, self.seal, self.began_at]
