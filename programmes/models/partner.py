import datetime as dt
from typing import Self

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

WEB = URLValidator(schemes=["http", "https"], message="Enter a web address that starts with https:// or http://.")


class Partner(models.Model):
    """An organisation outside the council that runs programmes and keeps their listings."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=150, unique=True)
    description = models.TextField(max_length=2000, blank=True, help_text="What the organisation does. Markdown.")
    website = models.CharField(max_length=200, blank=True, validators=[WEB])
    telephone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    agreement_ends_on = models.DateField(
        "agreement ends on",
        null=True,
        blank=True,
        help_text="The last day on which its people may edit. They read their own figures for some time after it.",
    )
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="PartnerMembership", related_name="partners")

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_acting(self) -> bool:
        """Its agreement with the council runs."""
        return self.agreement_ends_on is None or self.agreement_ends_on >= timezone.localdate()


class PartnerMembershipQuerySet(models.QuerySet["PartnerMembership"]):
    def of(self, user: object) -> Self:
        """What this person belongs to, now. Nobody who is not signed in, whose account was closed, or who is staff:
        council staff have their own pages, and review what partners write."""
        may_act = getattr(user, "is_authenticated", False) and getattr(user, "is_active", False)
        is_staff = getattr(user, "is_staff", False)
        return self.filter(user_id=getattr(user, "pk", None)) if may_act and not is_staff else self.none()

    def acting(self, day: dt.date | None = None) -> Self:
        """Of partners whose agreement with the council runs."""
        return self.filter(
            Q(partner__agreement_ends_on=None) | Q(partner__agreement_ends_on__gte=day or timezone.localdate())
        )

    def reading(self, day: dt.date | None = None) -> Self:
        """Of partners that may still read their own figures: for some time after the agreement."""
        since = (day or timezone.localdate()) - dt.timedelta(days=settings.PARTNER_FIGURES_DAYS)
        return self.filter(Q(partner__agreement_ends_on=None) | Q(partner__agreement_ends_on__gte=since))

    def administrators(self) -> Self:
        """Partner administrators who may sign in."""
        return self.filter(role=PartnerMembership.Role.ADMINISTRATOR, user__is_active=True)


class PartnerMembership(models.Model):
    """A person who edits for a partner."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", "Partner administrator"
        EDITOR = "editor", "Editor"

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="partner_memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.EDITOR)

    objects = PartnerMembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "user"],
                name="one_membership_a_partner_and_user",
                violation_error_message="This person edits for this partner already. Change the role in that entry.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.partner}"

    @property
    def is_administrator(self) -> bool:
        return self.role == self.Role.ADMINISTRATOR
