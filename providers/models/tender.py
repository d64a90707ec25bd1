"""Tenders for care, as Contracts Finder and Find a Tender publish them. Nothing here is about a person."""

import datetime as dt
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

WITHOUT_A_DATE = dt.timedelta(days=90)


class TenderQuerySet(models.QuerySet["Tender"]):
    def open_at(self, moment: dt.datetime | None = None) -> Self:
        """Those that can still be answered, first those that close first. Without a date: for 90 days."""
        now = moment or timezone.now()
        undated = Q(closes_at=None, released_at__gt=now - WITHOUT_A_DATE)
        still = self.filter(Q(closes_at__gt=now) | undated, state=Tender.State.OPEN)
        return still.order_by(F("closes_at").asc(nulls_last=True), "title", "pk")


class Tender(models.Model):
    """One process of one buyer, as its newest notice has it. Only imports write it.

    What is over or was called off stays, so that an older file cannot open it again.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        OPEN = "open", "Open"
        CANCELLED = "cancelled", "Cancelled"
        CLOSED = "closed", "Closed"
        ELSEWHERE = "elsewhere", "No longer for care here"

    ocid = models.CharField("OCID", max_length=100, help_text="The number of the process.")
    buyer_key = models.CharField(max_length=200, help_text="The buyer’s number; its name where it has none.")
    buyer = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State)
    release_id = models.CharField("number of the newest notice", max_length=100)
    released_at = models.DateTimeField("published")
    notice_url = models.URLField("notice", max_length=300, blank=True)
    closes_at = models.DateTimeField("closes", null=True)
    value_from = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    value_to = models.DecimalField("value", max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    is_for_small = models.BooleanField("for small businesses", default=False)
    is_for_voluntary = models.BooleanField("for voluntary organisations", default=False)

    FOLLOWED = (
        *("buyer", "title", "state", "release_id", "released_at", "notice_url", "closes_at"),
        *("value_from", "value_to", "currency", "is_for_small", "is_for_voluntary"),
    )

    objects = TenderQuerySet.as_manager()

    class Meta:
        ordering = ["-released_at", "-pk"]
        indexes = [models.Index(fields=["closes_at"], condition=Q(state="open"), name="tender_open")]
        constraints = [
            models.UniqueConstraint(fields=["ocid", "buyer_key"], name="one_tender_a_process_and_buyer"),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "open", "cancelled", "closed", "elsewhere"]),
                name="tender_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(notice_url="") | Q(notice_url__startswith="https://"), name="tender_notice_is_a_secure_page"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def value_in_words(self) -> str:
        """£48,000 to £60,000; nothing where the notice names no value."""
        amounts = sorted({amount for amount in (self.value_from, self.value_to) if amount})
        return " to ".join(_money(amount, self.currency) for amount in amounts)


class TenderImport(models.Model):
    """One file of notices as it was imported: how many of what, and what was odd about it."""

    source = models.CharField(max_length=300, help_text="The name of the file, or the address.")
    sha256 = models.CharField("SHA-256 of what was read", max_length=64)
    imported_at = models.DateTimeField(default=timezone.now)
    notices = models.PositiveIntegerField(help_text="Notices read.")
    fitting = models.PositiveIntegerField(help_text="Of them for care here.")
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    over = models.PositiveIntegerField(help_text="Of those changed: closed, cancelled or no longer for care here.")
    odd = models.JSONField(default=dict, blank=True, help_text="What was odd, and how often.")

    class Meta:
        ordering = ["-imported_at", "-pk"]
        verbose_name = "import of tenders"
        verbose_name_plural = "imports of tenders"

    def __str__(self) -> str:
        return f"Tenders, imported on {timezone.localtime(self.imported_at):%-d %B %Y}"

    @property
    def odd_in_words(self) -> list[str]:
        return [f"{count:,} × {what}" for what, count in self.odd.items()]


def _money(amount: Decimal, currency: str) -> str:
    number = f"{amount:,.2f}".removesuffix(".00")
    return f"£{number}" if currency in {"", "GBP"} else f"{number} {currency}"
