"""An enquiry that came by email says little of what an application asks: that is filled in, once."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

from enquiries.exceptions import TransitionNotAllowed

NOT_SAID = "Organisation not said yet"


class FilledIn(models.Model):
    """The part of an enquiry that may be wanting, until the provider or an officer has filled it in."""

    if TYPE_CHECKING:
        SUBMITTED: tuple[str, ...]
        organisation: str
        declared_at: Any

        def refuse_if_closed(self) -> None: ...

    # What an email leaves open, of all that is submitted. Its words, and the address it came from, stay as they came.
    FILLED_IN = frozenset(
        {
            *("organisation", "provider_type", "postcode", "cqc_registered", "contact_name", "contact_telephone"),
            *("privacy_version", "declared_at", "cqc_location_id", "place_of_care", "size_band"),
        }
    )

    is_incomplete = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="It came by email: what an application asks is to be filled in yet.",
    )

    class Meta:
        abstract = True

    _may_be_saved: frozenset[str] = frozenset()

    @property
    def called(self) -> str:
        """Its organisation, as lists and headings name it."""
        return self.organisation or NOT_SAID

    def fill_in(self, **fields: Any) -> None:
        """What the email did not say. Done once; from then on it is as fixed as what any applicant sent."""
        self.refuse_if_closed()
        self.refuse_if_filled_in()
        if fixed := set(fields) & (set(self.SUBMITTED) - self.FILLED_IN):
            raise TypeError(f"What the email said never changes: {', '.join(sorted(fixed))}.")
        for name, value in fields.items():
            setattr(self, name, value)
        self.declared_at = timezone.now()
        self.is_incomplete = False
        self._may_be_saved = self.FILLED_IN

    def refuse_if_filled_in(self) -> None:
        if not self.is_incomplete:
            raise TransitionNotAllowed(f"The details of {self} are filled in already.")

    def refuse_if_incomplete(self) -> None:
        """For steps that are about its programmes."""
        if self.is_incomplete:
            raise TransitionNotAllowed(f"{self} does not say yet what it asks for. Fill in its details first.")
