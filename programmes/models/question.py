from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords


class Question(models.Model):
    """An extra question that a programme asks its applicants."""

    class Kind(models.TextChoices):
        LINE = "line", "Short text"
        TEXT = "text", "Long text"
        NUMBER = "number", "Whole number"
        YES_NO = "yes_no", "Yes or no"
        ONE_OF = "one_of", "One of a list"
        SOME_OF = "some_of", "Some of a list"

    programme = models.ForeignKey("Programme", on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(1000)])
    key = models.SlugField(max_length=40, help_text="A short name that never changes. It ties answers to the question.")
    label = models.CharField("question", max_length=200)
    hint = models.CharField(max_length=250, blank=True)
    kind = models.CharField(max_length=10, choices=Kind)
    choices = models.TextField(max_length=2000, blank=True, help_text="For a list: one choice a line.")
    is_required = models.BooleanField("must be answered", default=True)
    purpose = models.CharField(max_length=200, help_text="Why the answer is needed. Shown to officers.")

    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "key"],
                name="question_key_is_unique_in_its_programme",
                violation_error_message="The programme has another question with this key. Choose a different one.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["one_of", "some_of"]) ^ Q(choices=""),
                name="question_with_a_list_has_choices",
                violation_error_message="A question with a list needs choices, and only such a question has any.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["line", "text", "number", "yes_no", "one_of", "some_of"]),
                name="question_kind_is_known",
                violation_error_message="A question is of one of the kinds in the list. Choose one of them.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        self.choices = "\n".join(line.strip() for line in self.choices.splitlines() if line.strip())
        if self.takes_choices and len(self.choice_list) < 2:
            raise ValidationError({"choices": "Give at least two choices, one a line."})
        if len({choice.casefold() for choice in self.choice_list}) < len(self.choice_list):
            raise ValidationError({"choices": "Two choices are the same. Change or remove one of them."})
        if not self.takes_choices and self.choices:
            raise ValidationError({"choices": "Only a question with a list has choices. Empty this box."})

    @property
    def takes_choices(self) -> bool:
        return self.kind in {self.Kind.ONE_OF, self.Kind.SOME_OF}

    @property
    def choice_list(self) -> list[str]:
        return self.choices.splitlines()
