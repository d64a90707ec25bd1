from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
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
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="PartnerMembership", related_name="partners")

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PartnerMembership(models.Model):
    """A person who edits for a partner."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", "Partner administrator"
        EDITOR = "editor", "Editor"

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="partner_memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.EDITOR)

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
