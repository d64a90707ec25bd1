"""Whether a listing is still correct: how often that is asked, and what follows where nobody answers.

A listing is fresh until its review is due. Then its partner is asked, up to three times, each time with a day to answer
by. A question is missed once that day is over. After two missed ones officers call; after three the public is sent to
the council first. All of this is worked out by the day from two stored facts: how often was asked, and until when.
"""

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, Self

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from programmes.models.partner import Partner

MOST_ASKED = 3
MISSED_BEFORE_CALL = 2
MONTHS = 6
MOST_MONTHS = 24
MONTHS_AFTER_CLOSING = 1  # a listing that was said to be closed, and is listed still, is asked about again


class Freshness(models.TextChoices):
    """How far a listing is from its last check. Computed, never stored."""

    FRESH = "fresh", "Fresh"
    ASKED = "asked", "Partner was asked"
    CALL = "call", "To be called about"
    ASK_FIRST = "ask_first", "Ask the council first"


def missed(times: int, day: dt.date) -> Q:
    """Listings that so many questions or more were missed of: each but the last one is over when the next is asked."""
    return Q(asked_times__gt=times) | Q(asked_times=times, answer_by__lt=day)


class Checked(models.Model):
    """What a programme knows about its checks. `checked_on` and `review_due_on` are its own fields."""

    if TYPE_CHECKING:
        checked_on: dt.date | None
        review_due_on: dt.date | None

    review_months = models.PositiveSmallIntegerField(
        "to be checked every",
        default=MONTHS,
        db_default=MONTHS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)],
        help_text="In months. Then its partner is asked whether it is still correct.",
    )
    checked_by_partner = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The partner that said so last. None: the council.",
    )
    asked_times = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, help_text="How often it was asked since the review was due."
    )
    answer_by = models.DateField(null=True, editable=False, help_text="Until when the last question can be answered.")

    class Meta:
        abstract = True

    def missed(self, day: dt.date | None = None) -> int:
        """How many questions were not answered in time, as of this day."""
        if not self.answer_by:
            return 0
        return self.asked_times - (self.answer_by >= (day or timezone.localdate()))

    def freshness(self, day: dt.date | None = None) -> Freshness:
        count = self.missed(day)
        if count >= MOST_ASKED:
            return Freshness.ASK_FIRST
        if count >= MISSED_BEFORE_CALL:
            return Freshness.CALL
        return Freshness.ASKED if self.asked_times else Freshness.FRESH

    @property
    def asks_first(self) -> bool:
        """Nobody has said for so long that it is still correct that applicants ask the council before they apply."""
        return self.freshness() == Freshness.ASK_FIRST

    def ask(self, *, answer_by: dt.date) -> None:
        """One more question is on its way. There are no more than three."""
        self.asked_times, self.answer_by = min(self.asked_times + 1, MOST_ASKED), answer_by

    def confirm(self, *, by_partner: Partner | None = None) -> None:
        """Somebody who knows says that it is correct today. None: the council."""
        today = timezone.localdate()
        self.checked_on, self.checked_by_partner = today, by_partner
        self._answered(today + relativedelta(months=self.review_months))

    def note_council_check(self, *, keep_due_on: bool) -> None:
        """An officer has typed the day of a check. The next one is due by the months, unless that was typed too."""
        self.checked_by_partner, self.asked_times, self.answer_by = None, 0, None
        if not keep_due_on and self.checked_on:
            self.review_due_on = self.checked_on + relativedelta(months=self.review_months)

    def note_closing(self) -> None:
        """It is said to be closed. Unless the council closes it, the same is asked again some time later."""
        self._answered(timezone.localdate() + relativedelta(months=MONTHS_AFTER_CLOSING))

    def _answered(self, due_on: dt.date) -> None:
        self.asked_times, self.answer_by, self.review_due_on = 0, None, due_on


def first_review(programme: Any) -> dt.date:
    """When a listing is due that has no date: its months after the last check, else after today."""
    return (programme.checked_on or timezone.localdate()) + relativedelta(months=programme.review_months)


CONSTRAINTS = [
    models.CheckConstraint(
        condition=Q(review_months__range=(1, MOST_MONTHS)),
        name="programme_is_checked_every_1_to_24_months",
        violation_error_message="A listing is checked every 1 to 24 months.",
    ),
    models.CheckConstraint(
        condition=Q(asked_times__lte=MOST_ASKED),
        name="programme_is_asked_about_at_most_3_times",
        violation_error_message="A partner is asked three times at most. Call it instead.",
    ),
    models.CheckConstraint(
        condition=Q(asked_times=0, answer_by=None) | Q(asked_times__gt=0, answer_by__isnull=False),
        name="programme_is_asked_about_with_a_day_to_answer_by",
        violation_error_message="A partner that was asked has a day to answer by, and no other has. Give both or none.",
    ),
]


class Ask(models.Model):
    """One letter that asked a partner's person, or its own mailbox, whether its listings are still correct.

    The page it leads to opens by this row's number, a proof in the address and a code. No address is kept here: the
    code goes to wherever the person reads mail now.
    """

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="asks")
    membership = models.ForeignKey(
        "PartnerMembership",
        null=True,
        on_delete=models.CASCADE,
        related_name="asks",
        help_text="None: the partner's own mailbox. Whoever leaves the partner leaves this too.",
    )
    asked_on = models.DateField(default=timezone.localdate)

    GOOD_FOR = dt.timedelta(days=90)

    class Meta:
        verbose_name = "question to a partner"
        verbose_name_plural = "questions to partners"
        ordering = ["-asked_on", "-pk"]

    def __str__(self) -> str:
        return f"Question {self.pk} to partner {self.partner_id}"

    @property
    def address(self) -> str:
        """Where it went, and where the code goes; empty where nobody may answer any more."""
        ends_on, today = self.partner.agreement_ends_on, timezone.localdate()
        if (ends_on and ends_on < today) or self.asked_on < today - self.GOOD_FOR:
            return ""
        if self.membership is None:
            return self.partner.email
        person = self.membership.user
        return person.email if person.is_active and not person.is_staff else ""


class AskCodeQuerySet(models.QuerySet["AskCode"]):
    def usable(self) -> Self:
        since = timezone.now() - AskCode.GOOD_FOR
        return self.filter(made_at__gt=since, wrong_tries__lt=AskCode.MOST_WRONG, ended_at=None)


class AskCode(models.Model):
    """A code that was mailed so that one browser may answer: its session alone knows the id. Good once."""

    MOST_WRONG = 3
    GOOD_FOR = dt.timedelta(minutes=10)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ask = models.ForeignKey(Ask, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, help_text="When it was used, or replaced by a newer one.")

    objects = AskCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(wrong_tries__lte=3), name="ask_code_ends_with_the_third_try"),
            models.UniqueConstraint(fields=["ask"], condition=Q(ended_at=None), name="one_open_code_an_ask"),
        ]

    def __str__(self) -> str:
        return f"Code {self.pk}"


class ListingCheck(models.Model):
    """What somebody said about a listing, and how. Never changed."""

    class Answer(models.TextChoices):
        CORRECT = "correct", "Still correct"
        CHANGE = "change", "To be changed"
        CLOSED = "closed", "Closed"
        SILENT = "silent", "Nobody was reached"

    class Way(models.TextChoices):
        LETTER = "letter", "By the link in our email"
        PAGE = "page", "On the partner’s pages"
        TELEPHONE = "telephone", "By telephone"
        COUNCIL = "council", "By an officer"

    programme = models.ForeignKey("Programme", on_delete=models.CASCADE, related_name="checks")
    partner = models.ForeignKey(
        Partner, null=True, on_delete=models.SET_NULL, related_name="+", help_text="Whose answer it is."
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer)
    way = models.CharField(max_length=10, choices=Way)
    missed = models.PositiveSmallIntegerField(default=0, help_text="How many questions were missed before it.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "check of a listing"
        verbose_name_plural = "checks of listings"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(F("programme"), F("at").desc(), name="check_of_programme")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=["correct", "change", "closed", "silent"])
                & Q(way__in=["letter", "page", "telephone", "council"]),
                name="check_answer_and_way_are_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()} {timezone.localdate(self.at)}"
