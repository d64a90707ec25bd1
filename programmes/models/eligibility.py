from collections.abc import Container
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from providers.area import Answer as Area
from providers.area import PlaceOfCare
from providers.models import Provider, ProviderType


class Fact(models.TextChoices):
    """What an eligibility rule may look at. Each is one question at the start of an application."""

    PROVIDER_TYPE = "provider_type", "Kind of care"
    AREA = "area", "Where the service is"
    PLACE_OF_CARE = "place_of_care", "Whom the service cares for"
    CQC_REGISTERED = "cqc_registered", "Registered with the Care Quality Commission"
    SIZE = "size", "Number of staff"

    @property
    def answers(self) -> dict[str, str]:
        """The answers a rule may accept, with how a page shows them."""
        return {
            Fact.PROVIDER_TYPE: dict(ProviderType.choices),
            Fact.AREA: {str(Area.INSIDE): "Inside the council’s area"},
            Fact.PLACE_OF_CARE: dict(PlaceOfCare.choices),
            Fact.CQC_REGISTERED: {"yes": "Registered", "no": "Not registered"},
            Fact.SIZE: {str(value): label for value, label in Provider.SizeBand.choices if value},
        }[self]

    @property
    def in_a_sentence(self) -> str:
        return {
            Fact.PROVIDER_TYPE: "the kind of care you provide",
            Fact.AREA: "where your service is",
            Fact.PLACE_OF_CARE: "whom you care for",
            Fact.CQC_REGISTERED: "whether the Care Quality Commission has registered you",
            Fact.SIZE: "how many staff you have",
        }[self]


class Verdict(models.TextChoices):
    """The answer to "can my service get it?", mildest first. It is advice: a person can always be asked."""

    YES = "yes", "Yes"
    ASK = "ask", "Probably"
    NOT_YET = "not_yet", "Not yet"
    NO = "no", "No"


class EligibilityRule(models.Model):
    """One condition of a programme, as data: which answers fit, and what to tell somebody whose answer does not."""

    programme = models.ForeignKey("Programme", on_delete=models.CASCADE, related_name="eligibility_rules")
    position = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(1000)])
    fact = models.CharField("looks at", max_length=20, choices=Fact)
    accepts = models.JSONField("accepted answers", default=list)
    only_for = models.JSONField(
        "only for these kinds of care",
        default=list,
        blank=True,
        help_text="For other kinds the rule does not count. None ticked: for all of them.",
    )
    otherwise = models.CharField(
        "anything else means",
        max_length=10,
        choices=[(v.value, v.label) for v in (Verdict.NO, Verdict.NOT_YET, Verdict.ASK)],
        default=Verdict.NO,
    )
    reason = models.CharField(max_length=250, help_text="Told to somebody whose answer does not fit.")
    what_would_help = models.CharField(max_length=250, blank=True, help_text="What would change the answer.")

    set_by = models.CharField(
        max_length=100, blank=True, help_text="Who to ask about the rule, where the council did not set it."
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fact__in=["provider_type", "area", "place_of_care", "cqc_registered", "size"]),
                name="eligibility_fact_is_known",
                violation_error_message="A rule looks at one of the facts in the list. Choose one of them.",
            ),
            models.CheckConstraint(
                condition=Q(otherwise__in=["no", "not_yet", "ask"]),
                name="eligibility_verdict_is_known",
                violation_error_message="Any other answer means No, Not yet or Probably. Choose one of them.",
            ),
        ]

    def __str__(self) -> str:
        return self.reason

    def clean(self) -> None:
        known = Fact(self.fact).answers if self.fact in Fact else {}
        if not self.accepts or not _are_among(self.accepts, known):
            raise ValidationError({"accepts": f"Choose at least one of: {', '.join(known) or 'a fact first'}."})
        if not _are_among(self.only_for, ProviderType.values):
            raise ValidationError({"only_for": f"Choose only from: {', '.join(ProviderType.values)}."})

    def applies_to(self, provider_type: str) -> bool:
        """Whether it counts for this kind of care. While the kind is not known, it does."""
        return not self.only_for or not provider_type or provider_type in self.only_for


def _are_among(values: Any, known: Container[str]) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) and value in known for value in values)
