"""The people who sign in. An account is an address; what staff may do follows from the role alone."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from careportal.accounts.roles import ALLOWED, Role, allows


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new account. Without a password it signs in by e-mailed code."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """Somebody who can sign in: council staff by their role, others by their memberships."""

    email = models.EmailField("email address", max_length=254, unique=True)
    name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.NONE, blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
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
