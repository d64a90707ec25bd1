from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from enquiries.exceptions import TransitionNotAllowed
from programmes.models import Intake, IntakeChange

ASKED_FOR = ("received", "referred", "waiting_list")
HELD = ("offered", "enrolled")


class IntakeAnswer(models.Model):
    """What a provider was told of changes of a group, and whether it still suits. One a programme and group.

    A further change asks again, on the same page. `newest` is the last change that was told of.
    """

    class Answer(models.TextChoices):
        FINE = "fine", "Still fine"
        OTHER_DATE = "other_date", "Would like another date"
        NOT_ANY_MORE = "not_any_more", "Not any more"

    interest = models.ForeignKey("Interest", on_delete=models.PROTECT, related_name="intake_answers")
    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="answers")
    newest = models.ForeignKey(IntakeChange, on_delete=models.CASCADE, related_name="+")
    what: "models.JSONField[Any]" = models.JSONField(help_text="What has changed, in codes.")
    told_at = models.DateTimeField(default=timezone.now)
    message = models.ForeignKey(
        "Message", null=True, on_delete=models.PROTECT, related_name="+", help_text="The last letter about it."
    )
    answer = models.CharField(max_length=15, blank=True, choices=Answer)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["told_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["interest", "intake"], name="one_answer_an_interest_and_intake"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | Q(
                    answer__in=["fine", "other_date", "not_any_more"],
                    answered_at__isnull=False,
                    answered_at__gte=F("told_at"),
                ),
                name="intake_answer_is_given_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Answer {self.pk} about intake {self.intake_id}"

    @property
    def told(self) -> list[str]:
        """What has changed, in words."""
        return [str(IntakeChange.What(code).label) for code in self.what]

    @property
    def is_open(self) -> bool:
        """Whether it is still asked: not once it is answered, nor when the group is none of the provider's business."""
        return not self.answer and self.concerns

    @property
    def concerns(self) -> bool:
        """The same rule as `concerned`, for one that is at hand."""
        one = self.interest
        is_closed = one.enquiry.state == "closed"
        if one.state in HELD:
            return one.offered_intake_id == self.intake_id and (one.state == "enrolled" or not is_closed)
        return one.state in ASKED_FOR and one.intake_id == self.intake_id and not is_closed

    @property
    def holds_a_place(self) -> bool:
        return self.interest.state in HELD

    @property
    def shown_as(self) -> str:
        """What the page showed: an answer from a page that is older than the last change is refused."""
        return f"{self.newest_id}-{self.intake.shown_as}-{self.interest.shown_as}"

    def tell(self, newest: IntakeChange, what: list[str]) -> None:
        """Of a further change: what was not answered yet is told once more with it, and it is asked again."""
        earlier = [] if self.answer or self.pk is None else self.what
        self.what = _joined(earlier, what)
        self.newest, self.told_at, self.answer, self.answered_at = newest, timezone.now(), "", None

    def give(self, answer: str) -> None:
        if not self.is_open:
            raise TransitionNotAllowed("There is nothing to answer any more.")
        if answer not in self.Answer or (answer == self.Answer.FINE and not self.intake.is_running):
            raise TransitionNotAllowed("Select what you want now.")
        self.answer, self.answered_at = answer, timezone.now()


STATES = {"paused", "closed", "cancelled", "resumed"}


def _joined(earlier: list[str], now: list[str]) -> list[str]:
    """All that changed. Of states the last one counts."""
    kept = [code for code in earlier if code not in now and not (code in STATES and STATES & set(now))]
    return [*kept, *now]
