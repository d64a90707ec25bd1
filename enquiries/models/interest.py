from typing import Any

from django.db import models
from django.db.models import Q

from enquiries.models.enquiry import Enquiry
from programmes.models import Intake, Programme, Verdict


class Interest(models.Model):
    """One programme asked for within an enquiry, with what was answered and its own outcome."""

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        REFERRED = "referred", "Referred"
        OFFERED = "offered", "Offered"
        ENROLLED = "enrolled", "Enrolled"
        COMPLETED = "completed", "Completed"
        WAITING_LIST = "waiting_list", "Waiting list"
        NOT_ELIGIBLE = "not_eligible", "Not eligible"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="interests")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="interests")
    programme_title = models.CharField(max_length=120, help_text="As it was when it was applied for.")
    intake = models.ForeignKey(
        Intake,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="interests",
        verbose_name="preferred intake",
    )
    inbox = models.EmailField("routed to")
    state = models.CharField(max_length=20, choices=State, default=State.RECEIVED)
    verdict = models.CharField("eligibility", max_length=10, choices=Verdict)
    verdict_reasons: "models.JSONField[Any]" = models.JSONField(default=list)
    wants_second_look = models.BooleanField("asked the council to look again", default=False)
    answers: "models.JSONField[Any]" = models.JSONField(default=list, help_text="Pairs of question and answer.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["enquiry", "programme"], name="one_interest_an_enquiry_and_programme"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "received",
                        "referred",
                        "offered",
                        "enrolled",
                        "completed",
                        "waiting_list",
                        "not_eligible",
                        "declined",
                        "withdrawn",
                    ]
                ),
                name="interest_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.programme_title
