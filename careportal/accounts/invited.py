"""What every invitation has in common, whatever it invites to: one address, one use, three days (AZ15)."""

import datetime as dt
import hashlib
import secrets
from typing import TYPE_CHECKING, Any, Self

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from careportal.accounts.models import User

GOOD_FOR = dt.timedelta(hours=72)
BY_ONE_AN_HOUR, TO_ONE_A_DAY = 20, 3


class InvitedQuerySet(models.QuerySet[Any]):
    def pending(self) -> Self:
        """Neither accepted nor withdrawn; may have run out."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self) -> Self:
        return self.pending().filter(made_at__gt=timezone.now() - GOOD_FOR)

    def withdraw(self) -> None:
        """Those that nobody has accepted are dead from now on."""
        self.pending().update(withdrawn_at=timezone.now())

    def are_enough(self, *, by: "User", address: str) -> bool:
        """Whether one more would flood somebody with our mails, who only had their address typed (trap 20)."""
        by_one = self.filter(invited_by=by, made_at__gt=timezone.now() - dt.timedelta(hours=1))
        to_one = self.filter(email=address, made_at__gt=timezone.now() - dt.timedelta(days=1))
        return by_one.count() >= BY_ONE_AN_HOUR or to_one.count() >= TO_ONE_A_DAY

    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=hash_of(token))


class Invited(models.Model):
    """One invitation, for one address: good once, for three days, until it is withdrawn.

    The link in the mail holds a random token; here is only its hash. Without the address the token opens nothing.
    """

    email = models.EmailField(max_length=254)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def ends_at(self) -> dt.datetime:
        return self.made_at + GOOD_FOR

    @property
    def is_settled(self) -> bool:
        """Accepted or withdrawn: nothing more becomes of it."""
        return self.accepted_at is not None or self.withdrawn_at is not None

    @property
    def is_open(self) -> bool:
        return not self.is_settled and timezone.now() < self.ends_at

    def accept(self, user: "User") -> None:
        self.accepted_at, self.accepted_by = timezone.now(), user
        self.save(update_fields=["accepted_at", "accepted_by"])

    def withdraw(self) -> None:
        self.withdrawn_at = timezone.now()
        self.save(update_fields=["withdrawn_at"])

    def is_for(self, user: "User") -> bool:
        """It is for one address, and for whoever has proved that one."""
        proved = EmailAddress.objects.filter(user=user, verified=True, email__iexact=self.email)
        return user.email == self.email and proved.exists()


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is stored. The token has 256 random bits: nothing slower is needed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def locked(wanted: InvitedQuerySet, into: str) -> Any:
    """The one invitation, or None. The row that it invites into is locked before it, as everywhere: so nobody waits in
    a circle. `into` is the name of that field."""
    owners = wanted.model._meta.get_field(into).related_model._default_manager
    owner = owners.filter(pk__in=list(wanted.values_list(into, flat=True))).select_for_update(of=("self",)).first()
    found = wanted.select_for_update(of=("self",)).first()
    if owner is None or found is None:
        return None
    setattr(found, into, owner)
    return found
