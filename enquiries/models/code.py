"""Codes by which an enquiry is followed, and the tries that are counted."""

import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from enquiries.models.enquiry import Enquiry
from programmes.models import Partner


def expires_at() -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


class FollowCodeQuerySet(models.QuerySet["FollowCode"]):
    def usable(self) -> Self:
        return self.filter(expires_at__gt=timezone.now(), wrong_tries__lt=FollowCode.MOST_WRONG)

    def over(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())


class FollowCode(models.Model):
    """A code that was mailed so that one browser may follow one enquiry: its session alone knows the id.

    One without an enquiry was mailed to nobody: what was typed belongs to none, and the browser is told the same.
    """

    MOST_WRONG = 3

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enquiry = models.ForeignKey(Enquiry, null=True, on_delete=models.CASCADE, related_name="follow_codes")
    code = models.CharField(max_length=64, help_text="A keyed hash.")
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(default=expires_at)

    objects = FollowCodeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="follow_code_expiry")]
        constraints = [
            models.CheckConstraint(condition=models.Q(wrong_tries__lte=3), name="follow_code_ends_with_the_third_try"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PartnerCodeQuerySet(models.QuerySet["PartnerCode"]):
    def usable(self) -> Self:
        return self.filter(expires_at__gt=timezone.now(), wrong_tries__lt=FollowCode.MOST_WRONG)

    def over(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())


class PartnerCode(models.Model):
    """A code that was mailed to a partner's mailbox, so that one browser may see its referrals without an account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=64, help_text="A keyed hash.")
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(default=expires_at)

    objects = PartnerCodeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="partner_code_expiry")]
        constraints = [
            models.CheckConstraint(condition=models.Q(wrong_tries__lte=3), name="partner_code_ends_with_third_try"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AddressCodeQuerySet(models.QuerySet["AddressCode"]):
    def usable(self) -> Self:
        return self.filter(expires_at__gt=timezone.now(), wrong_tries__lt=FollowCode.MOST_WRONG)

    def over(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())


class AddressCode(models.Model):
    """A code that was mailed to an address, so that one browser may see what is held about whoever reads it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254)
    code = models.CharField(max_length=64, help_text="A keyed hash.")
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(default=expires_at)

    objects = AddressCodeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="address_code_expiry")]
        constraints = [
            models.CheckConstraint(condition=models.Q(wrong_tries__lte=3), name="address_code_ends_with_third_try"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class TryQuerySet(models.QuerySet["Try"]):
    def lately(self) -> Self:
        return self.filter(at__gt=timezone.now() - Try.COUNTS_FOR)

    def over(self) -> Self:
        return self.filter(at__lte=timezone.now() - Try.COUNTS_FOR)


class Try(models.Model):
    """Somebody tried something that is limited: from which network, or for which address or reference."""

    class What(models.TextChoices):
        SAVE = "save", "Save an application for later"
        RETURN = "return", "Come back to an application"
        FOLLOW = "follow", "Follow an application"
        PARTNER = "partner", "See a partner’s referrals"
        FEEDBACK = "feedback", "Give feedback"
        HELD = "held", "See what is held about an address"
        RIGHTS = "rights", "Ask about one’s information"

    COUNTS_FOR = dt.timedelta(hours=1)

    what = models.CharField(max_length=10, choices=What)
    key = models.CharField(max_length=64, help_text="A keyed hash of the network, the address or the reference.")
    at = models.DateTimeField(default=timezone.now)

    objects = TryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tries"
        indexes = [
            models.Index(fields=["what", "key", "at"], name="try_counted"),
            models.Index(fields=["at"], name="try_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.at}"
