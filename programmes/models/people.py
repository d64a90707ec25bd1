"""How people come to act for a partner: somebody invites them, or they ask and the council decides."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from careportal.accounts.invited import Invited, InvitedQuerySet
from programmes.exceptions import InvitationOver, RequestOver
from programmes.models.partner import Partner, PartnerMembership

if TYPE_CHECKING:
    from careportal.accounts.models import User

REQUEST_DAYS = 14


class PartnerInvitation(Invited):
    """The council or an administrator of the partner invites somebody to act for it."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=20, choices=PartnerMembership.Role, default=PartnerMembership.Role.EDITOR)

    objects = InvitedQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation to a partner"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_pending_invitation_a_partner_and_address",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name="partner_invitation_is_not_accepted_and_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["administrator", "editor"]), name="partner_invitation_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="address_invited_to_a_partner_is_in_small_letters"
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk} to partner {self.partner_id}"

    def refuse_unless_open(self) -> None:
        if not self.is_open:
            raise InvitationOver


class PartnerRequestQuerySet(models.QuerySet["PartnerRequest"]):
    def undecided(self) -> Self:
        return self.filter(decided_at=None)

    def waiting(self) -> Self:
        """For the council to decide."""
        return self.undecided().filter(asked_at__gt=timezone.now() - dt.timedelta(days=REQUEST_DAYS))

    def stale(self) -> Self:
        """Nobody decided in time."""
        return self.undecided().filter(asked_at__lte=timezone.now() - dt.timedelta(days=REQUEST_DAYS))


class PartnerRequest(models.Model):
    """Somebody whom nobody invited asks to act for a partner. The council decides, never the one who asks."""

    class Wish(models.TextChoices):
        TAKE_OVER = "take_over", "Take over: the colleague who did it has left"
        JOIN = "join", "Join: colleagues do it, and nobody has invited them"

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    wish = models.CharField(max_length=10, choices=Wish)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    granted = models.BooleanField(default=False)

    objects = PartnerRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "request to act for a partner"
        verbose_name_plural = "requests to act for a partner"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(wish__in=["take_over", "join"]), name="partner_request_wish_is_known"),
            models.UniqueConstraint(
                fields=["partner", "user"], condition=Q(decided_at=None), name="one_open_request_a_partner_and_person"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, granted=False)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="partner_request_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("user")),
                name="partner_request_is_not_decided_by_asker",
            ),
        ]

    def __str__(self) -> str:
        return f"Request {self.pk} to act for partner {self.partner_id}"

    @property
    def is_takeover(self) -> bool:
        return self.wish == self.Wish.TAKE_OVER

    @property
    def runs_out_at(self) -> dt.datetime:
        return self.asked_at + dt.timedelta(days=REQUEST_DAYS)

    @property
    def is_open(self) -> bool:
        return self.decided_at is None and timezone.now() < self.runs_out_at

    def decide(self, *, by: "User", granted: bool) -> None:
        """The council's yes or no, once."""
        if not self.is_open or by.pk == self.user_id:
            raise RequestOver
        self.decided_at, self.decided_by, self.granted = timezone.now(), by, granted
