"""What follows from the last day of a partner's agreement: who is told before it, and what became of people's data."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from programmes.exceptions import ChangedMeanwhile
from programmes.models.partner import Partner

if TYPE_CHECKING:
    from careportal.accounts.models import User

DAYS_BEFORE = (7, 30)
MOST_ASKED = 3  # once, and reminded twice


class AgreementEndQuerySet(models.QuerySet["AgreementEnd"]):
    def past(self, day: dt.date | None = None) -> Self:
        """Of the day that the agreement ended on: not of one that was set before the agreement went on."""
        today = day or timezone.localdate()
        return self.filter(ends_on=F("partner__agreement_ends_on"), ends_on__lt=today)

    def unanswered(self, day: dt.date | None = None) -> Self:
        """Partners of the past that have not said what became of applicants' data; the longest ended first."""
        return self.past(day).filter(answer="").order_by("ends_on", "pk")

    def unsettled(self, day: dt.date | None = None) -> Self:
        """Of whom the council has to hear: they have said nothing, or the day until which they kept some is over."""
        today = day or timezone.localdate()
        return self.past(today).filter(Q(answer="") | Q(kept_until__lt=today)).order_by("ends_on", "pk")

    def to_ask(self, day: dt.date) -> Self:
        due = Q(ask_on=None) | Q(ask_on__lte=day)
        return self.unanswered(day).filter(due, asked_times__lt=MOST_ASKED)


class AgreementEnd(models.Model):
    """One last day of one partner's agreement. Another day is another row: then all is told anew."""

    class Answer(models.TextChoices):
        DELETED = "deleted", "We have deleted them"
        RETURNED = "returned", "We have returned them to the council and kept no copy"
        KEPT = "kept", "We keep some of them for longer"
        NONE = "none", "We never had any"

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="ends")
    ends_on = models.DateField()
    told_before = models.PositiveSmallIntegerField(
        null=True, help_text="For how many days before the end the last letter was written."
    )
    asked_times = models.PositiveSmallIntegerField(default=0, help_text="How often it was asked about the data.")
    ask_on = models.DateField(null=True, help_text="When it is asked again.")
    answer = models.CharField(max_length=10, choices=Answer, blank=True, default="")
    because = models.CharField(max_length=250, blank=True, default="", help_text="Why some are kept.")
    kept_until = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = AgreementEndQuerySet.as_manager()

    class Meta:
        verbose_name = "end of an agreement"
        verbose_name_plural = "ends of agreements"
        ordering = ["-ends_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "ends_on"], name="one_end_a_partner_and_day"),
            models.CheckConstraint(
                condition=Q(answer__in=["", "deleted", "returned", "kept", "none"]), name="end_answer_is_known"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="end_is_answered_at_a_time",
            ),
            models.CheckConstraint(
                condition=(Q(answer="kept", kept_until__isnull=False) & ~Q(because=""))
                | (~Q(answer="kept") & Q(because="", kept_until=None)),
                name="data_is_kept_with_a_reason_and_an_end",
            ),
            models.CheckConstraint(condition=Q(asked_times__lte=MOST_ASKED), name="end_is_asked_about_at_most_3_times"),
        ]

    def __str__(self) -> str:
        return f"End {self.pk} of the agreement of partner {self.partner_id}"

    def due_before(self, day: dt.date) -> int | None:
        """Which of the letters before the end is due on this day; None where it was written, or none is."""
        left = (self.ends_on - day).days
        due = next((days for days in DAYS_BEFORE if 0 <= left <= days), None)
        return due if due and (self.told_before is None or due < self.told_before) else None

    def ask(self, *, again_on: dt.date) -> None:
        """One more question is on its way. There are no more than three."""
        if self.answer or self.asked_times >= MOST_ASKED:
            raise ChangedMeanwhile("Nothing is left to ask this partner.")
        self.asked_times, self.ask_on = self.asked_times + 1, again_on

    def say(self, answer: str, *, by: "User", because: str = "", kept_until: dt.date | None = None) -> None:
        """What became of the data. What is kept may be deleted later, and that is said here too."""
        if self.answer and self.answer != self.Answer.KEPT:
            raise ChangedMeanwhile("This has been answered already. Nothing was changed.")
        kept = answer == self.Answer.KEPT
        self.answer, self.answered_at, self.answered_by = self.Answer(answer), timezone.now(), by
        self.because, self.kept_until = (because, kept_until) if kept else ("", None)

    def correct(
        self, answer: str, *, why: str, by: "User", because: str = "", kept_until: dt.date | None = None
    ) -> "AnswerBefore":
        """A settled answer was wrong. What was said before is returned, with who corrected it and why: it is kept."""
        if not self.is_settled:
            raise ChangedMeanwhile("There is no final answer to correct. Write down what they told you.")
        said = {name: getattr(self, name) for name in ("answer", "answered_at", "answered_by")}
        before = AnswerBefore(end=self, **said, corrected_by=by, why=why)
        self.answer = ""
        self.say(answer, by=by, because=because, kept_until=kept_until)
        return before

    @property
    def mark(self) -> str:
        """Which answer it is: after how many corrections."""
        return f"{self.answer} {self.answers_before.count()}"

    @property
    def is_settled(self) -> bool:
        return self.answer not in {"", self.Answer.KEPT}

    @property
    def kept_too_long(self) -> bool:
        return self.kept_until is not None and self.kept_until < timezone.localdate()


class AnswerBefore(models.Model):
    """What was said of the data before it was corrected, by whom, when and why. It is only ever added."""

    end = models.ForeignKey(AgreementEnd, on_delete=models.CASCADE, related_name="answers_before")
    answer = models.CharField(max_length=10, choices=AgreementEnd.Answer)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    corrected_at = models.DateTimeField(default=timezone.now)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    why = models.CharField("why it was corrected", max_length=250)

    class Meta:
        verbose_name = "answer before its correction"
        verbose_name_plural = "answers before their correction"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=["deleted", "returned", "none"]), name="corrected_answer_was_settled"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="answer_is_corrected_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"Answer {self.pk} of partner {self.end.partner_id}"
