import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from programmes.exceptions import LastAdministrator

if TYPE_CHECKING:
    from careportal.accounts.models import User

WEB = URLValidator(schemes=["http", "https"], message="Enter a web address that starts with https:// or http://.")
ENDING_DAYS = 60


class PartnerQuerySet(models.QuerySet["Partner"]):
    def acting(self, day: dt.date | None = None) -> Self:
        """Whose agreement with the council runs."""
        return self.filter(Q(agreement_ends_on=None) | Q(agreement_ends_on__gte=day or timezone.localdate()))

    def agreement_over(self, day: dt.date | None = None) -> Self:
        """Its people may not edit any more; its listings are the council's to keep or to end."""
        return self.filter(agreement_ends_on__lt=day or timezone.localdate())

    def agreement_ending(self, day: dt.date | None = None) -> Self:
        """Whose agreement runs out before long: somebody has to renew it, or to see to the listings."""
        today = day or timezone.localdate()
        return self.filter(agreement_ends_on__range=(today, today + dt.timedelta(days=ENDING_DAYS)))


def still_run(day: dt.date, programme: str = "pk") -> Q:
    """Of programmes, or of what names one: not every partner's agreement is over. What no partner runs is the
    council's own."""
    partners = Partner.objects.filter(programmes=models.OuterRef(programme))
    return ~models.Exists(partners) | models.Exists(partners.acting(day))


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

    objects = PartnerQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_acting(self) -> bool:
        """Its agreement with the council runs."""
        return not self.agreement_is_over

    @property
    def agreement_is_over(self) -> bool:
        return self.has_ended_by(timezone.localdate())

    def has_ended_by(self, day: dt.date) -> bool:
        return self.agreement_ends_on is not None and self.agreement_ends_on < day

    @property
    def agreement_is_ending(self) -> bool:
        """It still runs, but not for long."""
        soon = timezone.localdate() + dt.timedelta(days=ENDING_DAYS)
        return self.agreement_ends_on is not None and timezone.localdate() <= self.agreement_ends_on <= soon

    def write_to(self, people: "PartnerMembershipQuerySet") -> list[str]:
        """Where a letter to the partner goes: once to the address that it shares, or to each of these people."""
        return [self.email] if self.email else people.addresses()

    @property
    def mailboxes(self) -> list[str]:
        """Where it is written to while its agreement runs; nowhere after that."""
        return self.write_to(self.memberships.acting()) if self.is_acting else []

    @property
    def figures_until(self) -> dt.date | None:
        """The last day on which its people may read its figures; None while no end of the agreement is set."""
        if self.agreement_ends_on is None:
            return None
        return self.agreement_ends_on + dt.timedelta(days=settings.PARTNER_FIGURES_DAYS)

    @property
    def figures_are_open(self) -> bool:
        return self.figures_until is None or timezone.localdate() <= self.figures_until


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

    def ended(self, day: dt.date | None = None) -> Self:
        """Of partners whose agreement is over."""
        return self.filter(partner__agreement_ends_on__lt=day or timezone.localdate())

    def addresses(self) -> list[str]:
        """Of those of them who may sign in, and are not council staff."""
        may_act = self.filter(user__is_active=True, user__role="").order_by("pk")
        return list(may_act.values_list("user__email", flat=True))

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
            models.CheckConstraint(
                condition=Q(role__in=["administrator", "editor"]),
                name="partner_membership_role_is_known",
                violation_error_message="Somebody is an administrator or an editor of a partner. Choose one of them.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.partner}"

    @property
    def is_administrator(self) -> bool:
        return self.role == self.Role.ADMINISTRATOR

    def become(self, role: str) -> None:
        """Take another role. A partner always keeps an administrator who may sign in."""
        if role != self.Role.ADMINISTRATOR:
            self.refuse_if_last_administrator()
        self.role = self.Role(role)

    def refuse_if_last_administrator(self) -> None:
        """An account that may not sign in administers nothing, so it is not the last one either."""
        others = self.partner.memberships.administrators().exclude(pk=self.pk)
        if self.is_administrator and self.user.is_active and not others.exists():
            raise LastAdministrator

    def is_of(self, user: "User") -> bool:
        return self.user_id == user.pk
