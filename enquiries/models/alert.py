"""Who asked to be told when something opens: on request only, confirmed by whoever reads the address, and stoppable."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from careportal.kit import digests
from enquiries.exceptions import TransitionNotAllowed
from enquiries.models.mail import OutgoingMail
from programmes.models import Intake, Programme

ABOUT = "enquiries.alert"


class AlertQuerySet(models.QuerySet["Alert"]):
    def alive(self) -> Self:
        """Asked for and not stopped."""
        return self.filter(ended_at=None)

    def confirmed(self) -> Self:
        """Only these are ever written to."""
        return self.alive().filter(confirmed_at__isnull=False)

    def forgotten(self, before: dt.datetime) -> Self:
        """Nobody confirmed them in time."""
        return self.alive().filter(confirmed_at=None, asked_at__lt=before)

    def of(self, email: str) -> Self:
        return self.alive().alias(folded=Lower("email")).filter(folded=email.lower())

    def about(self, programme: Programme) -> Self:
        """Those about this programme, and those about all of them."""
        return self.filter(Q(programme=programme) | Q(programme=None))

    def from_origin_since(self, origin: str, moment: dt.datetime) -> Self:
        return self.filter(origin=origin, asked_at__gt=moment)


class Alert(models.Model):
    """One address that wants an email when a programme opens, or whenever there is something new.

    It begins when somebody types the address and counts from when its reader confirms it. Once it is stopped the
    address is gone; a keyed sum of it stays, so that the consent can still be proved to whoever names the address.
    """

    email = models.EmailField(max_length=254, blank=True, help_text="Empty once it was stopped.")
    email_digest = models.CharField(max_length=64, editable=False, help_text="A keyed sum of the address.")
    programme = models.ForeignKey(
        Programme, null=True, on_delete=models.CASCADE, related_name="alerts", help_text="None: everything new."
    )
    agreed_to = models.CharField(max_length=300, help_text="What was agreed to, as it was worded.")
    privacy_version = models.CharField(max_length=40)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    origin = models.CharField(max_length=64, blank=True, help_text="A keyed hash of the network, for limits only.")

    objects = AlertQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["origin", "asked_at"], name="alert_origin")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), "programme", condition=Q(ended_at=None), name="one_alert_an_address_and_programme"
            ),
            models.UniqueConstraint(
                Lower("email"), condition=Q(ended_at=None, programme=None), name="one_alert_an_address_about_everything"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) & ~Q(email="") | Q(ended_at__isnull=False, email=""),
                name="alert_has_an_address_until_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(confirmed_at__gte=models.F("asked_at")),
                name="alert_is_confirmed_after_it_was_asked_for",
            ),
        ]

    def __str__(self) -> str:
        return f"Alert {self.pk}"

    def save(self, *args, **kwargs) -> None:
        if self.email:
            self.email_digest = digests.digest(ABOUT, self.email.lower())
        super().save(*args, **kwargs)

    def belongs_to(self, email: str) -> bool:
        """Whether it was asked for with this address, also after it was stopped."""
        return digests.fits(self.email_digest, ABOUT, email.lower())

    def confirm(self) -> None:
        """By whoever reads the address. A second time changes nothing."""
        if self.ended_at:
            raise TransitionNotAllowed("These emails were stopped. Ask for them again if you want them.")
        self.confirmed_at = self.confirmed_at or timezone.now()

    def stop(self) -> None:
        self.ended_at = self.ended_at or timezone.now()
        self.email = ""


class AlertedOf(models.Model):
    """Something that an alert has told, or that was there when it was asked for: nobody is told a thing twice."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="told")
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    intake = models.ForeignKey(
        Intake, null=True, on_delete=models.CASCADE, related_name="+", help_text="None: the programme itself."
    )
    mail = models.ForeignKey(
        OutgoingMail,
        null=True,
        on_delete=models.PROTECT,
        related_name="told",
        help_text="None: it was known, or another alert to the same address told it.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "intake"], name="alert_tells_once_that_an_intake_opens"),
            models.UniqueConstraint(
                fields=["alert", "programme"], condition=Q(intake=None), name="alert_tells_once_of_a_programme"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.intake or ''}".strip()
