"""The people who sign in. An account is an address; what staff may do follows from the role alone."""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from careportal.accounts.roles import ALLOWED, Role, allows
from careportal.accounts.signals import second_factor_asked
from careportal.kit.chain import Chained


class UserQuerySet(models.QuerySet["User"]):
    def administrators(self) -> Self:
        """Administrators who may sign in. There is always at least one."""
        return self.filter(role=Role.ADMINISTRATOR, is_active=True)

    def who_may(self, permission: str) -> Self:
        """People who may sign in and whose role holds this permission."""
        return self.filter(is_active=True, role__in=[role for role in Role.values if allows(role, permission)])


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new account. Without a password it signs in by emailed code."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """Somebody who can sign in: council staff by their role, others by their memberships."""

    email = models.EmailField(
        "email address",
        max_length=254,
        unique=True,
        error_messages={"unique": "There is already an account with this email address."},
    )
    name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.NONE, blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_is_in_small_letters"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="role_is_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Council staff: may open the officers' workspace."""
        return self.is_active and self.role != Role.NONE

    @property
    def needs_second_factor(self) -> bool:
        """Council staff, and those of whom an app above says so (AD2)."""
        return self.is_staff or any(answer for _, answer in second_factor_asked.send(sender=User, user=self))

    @property
    def is_superuser(self) -> bool:
        """No account stands above the table of roles."""
        return False

    def has_perm(self, permission: str, obj: object = None) -> bool:
        return self.is_active and allows(self.role, permission)

    def has_perms(self, permissions: list[str], obj: object = None) -> bool:
        return all(self.has_perm(permission, obj) for permission in permissions)

    def has_module_perms(self, app: str) -> bool:
        return self.is_active and app in ALLOWED[self.role]

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class AccountEvent(Chained):
    """What happened to an account, who did it and when. Holds ids and codes, never a name or an address.

    Rows are added and never changed. Without `by` it was done at the server's command line.
    """

    class Kind(models.TextChoices):
        CREATED = "created", "Account created"
        ROLE_CHANGED = "role changed", "Role changed"
        RENAMED = "renamed", "Name changed"
        ADDRESS_CHANGED = "address changed", "Email address changed"
        DEACTIVATED = "deactivated", "Stopped from signing in"
        REACTIVATED = "reactivated", "Allowed to sign in again"
        CLOSED = "closed", "Account closed by its owner"
        SIGNED_IN = "signed in", "Signed in"
        SIGNED_OUT = "signed out", "Signed out"
        FACTOR_REFUSED = "factor refused", "Wrong second factor given"
        FACTOR_ADDED = "factor added", "Second factor added"
        FACTOR_REMOVED = "factor removed", "Second factor removed"
        RECOVERY_CODES_MADE = "recovery codes made", "Recovery codes made"
        PASSWORD_CHANGED = "password changed", "Password changed"
        RESET_REQUESTED = "reset requested", "Reset of the second factor asked for"
        RESET_CONFIRMED = "reset confirmed", "Second factor reset"
        RESET_WITHDRAWN = "reset withdrawn", "Reset of the second factor withdrawn"

    kind = models.CharField(max_length=30, choices=Kind)
    user = models.ForeignKey(User, models.PROTECT, related_name="events", verbose_name="person")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="account_events_caused")
    at = models.DateTimeField(default=timezone.now, editable=False)
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20, blank=True)

    class Meta(Chained.Meta):
        verbose_name = "account event"
        ordering = ["-at", "-pk"]
        indexes = [*Chained.Meta.indexes, models.Index(fields=["user", "-at"], name="account_events_of_a_person")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.user_id})"


class AuditEntry(Chained):
    """Somebody opened, listed, searched or exported people's data, changed a setting, or was refused.

    Holds numbers of rows and codes, never a name, an address or what was searched for. Without `by` it was done at
    the server's command line.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", "Opened"
        LISTED = "listed", "Listed"
        SEARCHED = "searched", "Searched"
        EXPORTED = "exported", "Exported"
        CHANGED = "changed", "Changed"
        REFUSED = "refused", "Refused"

    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    about = models.CharField(max_length=80, help_text="The kind of record, or the page.")
    row = models.BigIntegerField("record", null=True, blank=True, help_text="Its number, where it is about one record.")
    ids: "models.JSONField[Any]" = models.JSONField(
        "records", default=list, blank=True, help_text="The numbers of the records, the first hundred of them."
    )
    count = models.PositiveIntegerField(default=0, help_text="How many records.")
    detail: "models.JSONField[Any]" = models.JSONField(default=dict, blank=True)

    class Meta(Chained.Meta):
        verbose_name = "audit entry"
        verbose_name_plural = "audit trail"
        ordering = ["-at", "-pk"]
        indexes = [
            *Chained.Meta.indexes,
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["about", "row", "-at"], condition=models.Q(row__gt=0), name="audit_of_a_record"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about}"


class SecondFactorResetQuerySet(models.QuerySet["SecondFactorReset"]):
    def pending(self) -> Self:
        """Neither confirmed nor withdrawn; may have run out."""
        return self.filter(confirmed_at=None, withdrawn_at=None)


class SecondFactorReset(models.Model):
    """A lost second factor: one person asks, a different administrator confirms, never the owner."""

    user = models.ForeignKey(User, models.PROTECT, related_name="second_factor_resets", verbose_name="person")
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="asked for by")
    requested_at = models.DateTimeField("asked for at", default=timezone.now, editable=False)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = SecondFactorResetQuerySet.as_manager()

    class Meta:
        verbose_name = "second factor reset"
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("requested_by")),
                name="reset_takes_two_people",
            ),
            models.CheckConstraint(
                condition=~models.Q(requested_by=models.F("user"))
                & (models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("user"))),
                name="reset_is_not_by_the_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None, confirmed_at=None)
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False, withdrawn_at=None),
                name="reset_is_confirmed_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(confirmed_at=None, withdrawn_at=None),
                name="one_open_reset_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"Reset {self.pk} for person {self.user_id}"

    @property
    def has_run_out(self) -> bool:
        return timezone.now() - self.requested_at > dt.timedelta(days=settings.SECOND_FACTOR_RESET_DAYS)

    @property
    def is_open(self) -> bool:
        """Waits for an administrator to confirm it."""
        return self.confirmed_at is None and self.withdrawn_at is None and not self.has_run_out
