import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from enquiries.exceptions import TransitionNotAllowed

TAKES_PART = ("enrolled", "completed")


class OutcomeAnswerQuerySet(models.QuerySet["OutcomeAnswer"]):
    def to_be_reminded(self, day: dt.date) -> Self:
        return self.filter(remind_on__lte=day, interest__state__in=TAKES_PART)


class OutcomeAnswer(models.Model):
    """What a provider was asked about a programme after its end, and what it answered. Each is asked once.

    It exists from the moment on which it is asked. Early leavers are asked for, as the first months in a job are those
    in which most people leave care.
    """

    class Time(models.TextChoices):
        END = "end", "At the end"
        THREE_MONTHS = "three_months", "After three months"
        SIX_MONTHS = "six_months", "After six months"

    class Part(models.TextChoices):
        WHOLE = "whole", "Yes, in all of it"
        SOME = "some", "Yes, in some of it"
        NONE = "none", "No"

    class Change(models.TextChoices):
        MUCH = "much", "Yes, a lot"
        LITTLE = "little", "Yes, a little"
        NOTHING = "nothing", "Not so far"

    class StillThere(models.TextChoices):
        ALL = "all", "Yes, all of them"
        SOME = "some", "Some of them"
        NONE = "none", "No, none of them"
        UNKNOWN = "unknown", "I do not know"

    class EarlyLeavers(models.TextChoices):
        SOME = "some", "Yes"
        NONE = "none", "No, nobody who joined has left"
        NOBODY_JOINED = "nobody_joined", "Nobody has joined"

    MONTHS: ClassVar[dict[str, int]] = {Time.END: 0, Time.THREE_MONTHS: 3, Time.SIX_MONTHS: 6}
    ANSWERS = ("took_part", "change", "words", "still_there", "early_leavers")

    interest = models.ForeignKey("Interest", on_delete=models.PROTECT, related_name="outcomes")
    time = models.CharField("when", max_length=12, choices=Time)
    asked_at = models.DateTimeField(default=timezone.now)
    remind_on = models.DateField(null=True, help_text="When the provider is reminded, once.")
    answered_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True, help_text="The provider wants no more questions about it.")
    took_part = models.CharField(max_length=10, blank=True, choices=Part)
    change = models.CharField(
        max_length=10, blank=True, choices=Change, help_text="Whether it changed how the service works."
    )
    words = models.TextField(max_length=1000, blank=True, help_text="What has changed.")
    still_there = models.CharField(
        max_length=10, blank=True, choices=StillThere, help_text="Whether the staff who took part still work there."
    )
    early_leavers = models.CharField(
        max_length=15,
        blank=True,
        choices=EarlyLeavers,
        help_text="Whether people who joined in the three months before have left.",
    )

    objects = OutcomeAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [
            models.Index(fields=["remind_on", "id"], condition=Q(remind_on__isnull=False), name="outcome_remind_due"),
            models.Index(fields=["asked_at"], name="outcome_asked"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["interest", "time"], name="one_outcome_an_interest_and_time"),
            models.CheckConstraint(
                condition=Q(time__in=["end", "three_months", "six_months"]), name="outcome_time_is_known"
            ),
            models.CheckConstraint(
                condition=Q(remind_on=None) | Q(answered_at=None, stopped_at=None),
                name="outcome_is_reminded_of_only_while_it_is_open",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, took_part="", change="", words="", still_there="", early_leavers="")
                | (Q(answered_at__isnull=False, time="end", still_there="", early_leavers="") & ~Q(took_part=""))
                | (Q(answered_at__isnull=False, took_part="", words="") & ~Q(time="end") & ~Q(still_there="")),
                name="outcome_is_answered_with_what_was_asked",
            ),
        ]

    def __str__(self) -> str:
        return self.get_time_display()

    @property
    def is_at_end(self) -> bool:
        return self.time == self.Time.END

    @property
    def heading(self) -> str:
        """What the letter and the page ask in short."""
        return "How did it go?" if self.is_at_end else "What has come of it?"

    @property
    def is_open(self) -> bool:
        """Whether it may be answered: not after the answer, nor after a stop, nor for a place that was taken back."""
        is_over = self.answered_at or self.stopped_at
        return not is_over and self.interest.state in TAKES_PART

    @property
    def is_last(self) -> bool:
        """Whether nothing more is asked after it."""
        return bool(self.stopped_at) or self.time == self.Time.SIX_MONTHS or self.took_part == self.Part.NONE

    @property
    def told(self) -> list[tuple[str, str]]:
        """What was answered, in words, each with what it is about."""
        given = [
            ("Took part", self.get_took_part_display()),
            ("It changed how the service works", self.get_change_display()),
            ("What has changed", self.words),
            ("Staff who took part still work there", self.get_still_there_display()),
            ("People who joined in the three months before have left", self.get_early_leavers_display()),
        ]
        return [(about, answer) for about, answer in given if answer]

    def answer(self, **answers: str) -> None:
        """Keep what the provider says. Once it is said, it stays."""
        if not self.is_open:
            raise TransitionNotAllowed("These questions were answered already, or are not asked any more.")
        if not answers.get("took_part" if self.is_at_end else "still_there"):
            raise TransitionNotAllowed("Answer the first question.")
        for name in self.ANSWERS:
            setattr(self, name, answers.get(name, ""))
        self.answered_at, self.remind_on = timezone.now(), None

    def stop(self) -> None:
        """The provider is not asked about this programme again."""
        if self.stopped_at is None:
            self.stopped_at, self.remind_on = timezone.now(), None

    def remind(self) -> None:
        """There is one reminder, and no second."""
        if not self.is_open or self.remind_on is None or self.remind_on > timezone.localdate():
            raise TransitionNotAllowed("There is no question to remind of.")
        self.remind_on = None
