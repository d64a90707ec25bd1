"""Care providers."""

from django.conf import settings
from django.db import models


class ProviderType(models.TextChoices):
    """The kinds of care that we tell apart. The words are those of the Care Quality Commission's register."""

    NURSING_HOME = "nursing_home", "Care home with nursing"
    CARE_HOME = "care_home", "Care home"
    HOMECARE = "homecare", "Homecare"
    SUPPORTED_LIVING = "supported_living", "Supported living"
    EXTRA_CARE = "extra_care", "Extra care housing"
    DAY_SERVICE = "day_service", "Day service"
    SHARED_LIVES = "shared_lives", "Shared lives"
    PERSONAL_ASSISTANT = "personal_assistant", "Personal assistant or individual employer"
    OTHER = "other", "Another kind of care"

    @property
    def is_a_home(self) -> bool:
        """Whether care is given where the service is, and nowhere else."""
        return self in {ProviderType.NURSING_HOME, ProviderType.CARE_HOME}


class Provider(models.Model):
    """An organisation that provides care."""

    class SizeBand(models.TextChoices):
        UNKNOWN = "", "Not known"
        UNDER_10 = "under_10", "Fewer than 10 staff"
        UNDER_50 = "under_50", "10 to 49 staff"
        UNDER_250 = "under_250", "50 to 249 staff"
        FROM_250 = "from_250", "250 staff or more"

    name = models.CharField(max_length=200)
    type = models.CharField(max_length=30, choices=ProviderType)
    size_band = models.CharField(max_length=20, choices=SizeBand, default=SizeBand.UNKNOWN, blank=True)
    cqc_provider_id = models.CharField("CQC provider ID", max_length=20, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    cqc_registered = models.CharField("registered with the CQC", max_length=10, blank=True)
    place_of_care = models.CharField("gives care", max_length=10, blank=True, default="", db_default="")
    answers_on = models.DateField(null=True, blank=True, help_text="When its answers were last given or confirmed.")
    second_email = models.EmailField(
        "second contact", max_length=254, blank=True, help_text="Its own mailbox, for when nobody else can be reached."
    )
    second_proved_at = models.DateTimeField("second contact proved at", null=True, blank=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="providers")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["cqc_provider_id"], condition=~models.Q(cqc_provider_id=""), name="cqc_provider_id_is_unique"
            ),
            models.CheckConstraint(condition=models.Q(type__in=ProviderType.values), name="provider_type_is_known"),
            models.CheckConstraint(
                condition=models.Q(second_email="", second_proved_at=None)
                | (~models.Q(second_email="") & models.Q(second_proved_at__isnull=False)),
                name="second_contact_is_proved",
            ),
        ]

    def __str__(self) -> str:
        return self.name
