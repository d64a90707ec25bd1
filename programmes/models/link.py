"""Links in listings, and what the checker found at their other end."""

import datetime as dt
import hashlib
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from programmes.models.partner import Partner
from programmes.models.programme import Programme


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    def due(self, now: dt.datetime) -> Self:
        """Once a week; what was not well, once a day. Those that were never looked at come first."""
        week, day = now - dt.timedelta(days=7), now - dt.timedelta(days=1)
        well = Q(state__in=["", "ok"])
        late = Q(checked_at=None) | Q(well, checked_at__lte=week) | (~well & Q(checked_at__lte=day))
        return self.filter(late, places__isnull=False).distinct().order_by(F("checked_at").asc(nulls_first=True), "pk")

    def in_trouble(self) -> Self:
        """What somebody has to look at: dead, refused, or led to another domain."""
        return self.filter(state__in=LinkCheck.TROUBLE, places__isnull=False).distinct()

    def of_any(self, programmes: "models.QuerySet[Programme]") -> Self:
        """The links that these programmes' pages show, those to their partners' websites too."""
        partners = Partner.objects.filter(programmes__in=programmes.order_by().values("pk")).values("pk")
        found = Q(places__programme__in=programmes.order_by().values("pk")) | Q(places__partner__in=partners)
        return self.filter(found).distinct()


class LinkCheck(models.Model):
    """One address that listings lead to. Checked by the portal alone, and changed by nobody."""

    class State(models.TextChoices):
        UNCHECKED = "", "Not checked yet"
        OK = "ok", "Works"
        BROKEN = "broken", "Does not work"
        ELSEWHERE = "elsewhere", "Leads to another website"
        REFUSED = "refused", "Not allowed"

    TROUBLE = (State.BROKEN, State.ELSEWHERE, State.REFUSED)

    url = models.TextField("where it leads", max_length=2000)
    url_digest = models.CharField(max_length=64, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State, blank=True, default=State.UNCHECKED)
    found = models.CharField(max_length=200, blank=True, help_text="What the checker met, in words.")
    since = models.DateTimeField(null=True, help_text="Since when it is in this state.")
    checked_at = models.DateTimeField(null=True)

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        verbose_name = "link"
        ordering = ["-since", "pk"]
        indexes = [models.Index(fields=["state", "checked_at"], name="link_to_check")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["", "ok", "broken", "elsewhere", "refused"]), name="link_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="", checked_at=None, since=None)
                | (~Q(state="") & Q(checked_at__isnull=False, since__isnull=False)),
                name="link_has_a_state_since_it_was_checked",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def is_trouble(self) -> bool:
        return self.state in self.TROUBLE

    def note(self, state: str, found: str) -> None:
        """What the checker met just now. `since` moves only when the state does."""
        now = timezone.now()
        if state != self.state:
            self.since = now
        self.state, self.found, self.checked_at = state, found[:200], now


def digest_of(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


class LinkPlace(models.Model):
    """Where a link stands: in a field of a programme, or as a partner's website."""

    link = models.ForeignKey(LinkCheck, on_delete=models.CASCADE, related_name="places")
    programme = models.ForeignKey(Programme, null=True, on_delete=models.CASCADE, related_name="link_places")
    partner = models.ForeignKey(Partner, null=True, on_delete=models.CASCADE, related_name="link_places")
    field = models.CharField(max_length=30)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(programme=None, partner__isnull=False) | Q(programme__isnull=False, partner=None),
                name="link_stands_in_a_programme_or_at_a_partner",
            ),
            models.UniqueConstraint(
                fields=["link", "programme", "field"],
                condition=Q(partner=None),
                name="one_place_a_link_programme_and_field",
            ),
            models.UniqueConstraint(
                fields=["link", "partner", "field"],
                condition=Q(programme=None),
                name="one_place_a_link_partner_and_field",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.owner}"

    @property
    def owner(self) -> Any:
        return self.programme or self.partner
