"""Who is written to about an enquiry, since that was changed; and an address that is not proved yet."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from careportal.kit import digests

CODE_MINUTES = 10
MOST_TRIES = 3
_PURPOSE = "proving a new address"


class HowTold(models.TextChoices):
    """How an officer was told of other contact details."""

    PHONE = "phone", "By telephone"
    LETTER = "letter", "By letter"
    EMAIL = "email", "By email"
    PERSON = "person", "In person"


class ContactVersion(models.Model):
    """The contact as the provider changed it, or an officer for it. The newest is written to.

    What was sent stays on the enquiry.
    """

    enquiry = models.ForeignKey("Enquiry", on_delete=models.PROTECT, related_name="contact_versions")
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    telephone = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(Lower("email"), name="contact_version_email")]

    def __str__(self) -> str:
        return f"Contact of {self.enquiry}"

    @property
    def mark(self) -> str:
        """Which version it is: empty for the one that was sent."""
        return str(self.pk or "")

    def changed(self, **values: str) -> "ContactVersion":
        """The next version: as this one, but for these values."""
        kept = {"name": self.name, "email": self.email, "telephone": self.telephone}
        return ContactVersion(enquiry=self.enquiry, **{**kept, **values})


class Reached(models.Model):
    """The part of an enquiry that is about whom to write to."""

    if TYPE_CHECKING:
        pk: Any
        contact_versions: Any
        contact_name: str
        contact_email: str
        contact_telephone: str

    class Meta:
        abstract = True

    @property
    def contact(self) -> ContactVersion:
        """Who is written to now: as it was sent, until somebody changed it."""
        versions = list(self.contact_versions.all()) if self.pk else []
        return versions[-1] if versions else self.sent_contact

    @property
    def sent_contact(self) -> ContactVersion:
        """As it was sent."""
        sent = {"name": self.contact_name, "email": self.contact_email, "telephone": self.contact_telephone}
        return ContactVersion(enquiry=self, **sent)  # type: ignore[misc]  # it is the enquiry

    @property
    def earlier_addresses(self) -> set[str]:
        """Where it was written to before, and is no more."""
        versions = (version.email for version in self.contact_versions.all())
        return {self.contact_email, *versions} - {self.contact.email}

    @property
    def address_since(self) -> dt.datetime | None:
        """When we began to write to this address; nothing where it is the one that was sent."""
        address, since = self.contact_email, None
        for version in self.contact_versions.all():
            if version.email != address:
                address, since = version.email, version.at
        return since


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    def over(self) -> Self:
        return self.filter(at__lt=timezone.now() - dt.timedelta(minutes=CODE_MINUTES))


class AddressChange(models.Model):
    """A new email address that waits for the code that was sent to it. A newer one takes its place.

    The code is good for ten minutes, three tries, and the browser that asked; of it only a keyed sum is kept.
    """

    enquiry = models.OneToOneField("Enquiry", on_delete=models.CASCADE, related_name="address_change")
    email = models.EmailField(max_length=254)
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="address_change_is_tried_three_times")
        ]

    def __str__(self) -> str:
        return f"New address for {self.enquiry}"

    @staticmethod
    def digest_of(enquiry_id: int, email: str, browser: str, code: str) -> str:
        return digests.digest(_PURPOSE, [str(enquiry_id), email, browser, code])

    @property
    def is_open(self) -> bool:
        return self.tries < MOST_TRIES and self.at > timezone.now() - dt.timedelta(minutes=CODE_MINUTES)

    def fits(self, *, browser: str, code: str) -> bool:
        return digests.fits(self.digest, _PURPOSE, [str(self.enquiry_id), self.email, browser, code])
