from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from simple_history.models import HistoricalRecords

from programmes.models import Programme, ProgrammeQuerySet


class RoutingRule(models.Model):
    """Sends the applications for one programme, or for one theme, to another of the council's inboxes.

    A rule for the programme goes before a rule for its theme; without any, the council's inbox has it.
    """

    programme = models.OneToOneField(
        Programme, null=True, blank=True, on_delete=models.CASCADE, related_name="routing_rule"
    )
    theme = models.CharField(max_length=20, choices=Programme.Theme, null=True, blank=True, unique=True)
    inbox = models.EmailField()

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(programme__isnull=True) ^ Q(theme__isnull=True),
                name="rule_is_for_a_programme_or_a_theme",
                violation_error_message="Choose either a programme or a theme: one of the two.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme or self.get_theme_display()} to {self.inbox}"

    @staticmethod
    def with_inboxes(programmes: ProgrammeQuerySet) -> "QuerySet[Programme]":
        """The programmes, each with its `inbox`, and whether somebody still runs it (`is_run`), in one query."""
        by_programme = RoutingRule.objects.filter(programme=models.OuterRef("pk")).values("inbox")
        by_theme = RoutingRule.objects.filter(theme=models.OuterRef("theme")).values("inbox")
        default = models.Value(settings.BUSINESS_FORUM_INBOX)
        inbox = Coalesce(models.Subquery(by_programme), models.Subquery(by_theme), default)
        return programmes.knowing_if_run().annotate(inbox=inbox).prefetch_related("intakes")

    def clean(self) -> None:
        self.inbox = self.inbox.lower()
        self.theme = self.theme or None
        if self.inbox.rpartition("@")[2] not in settings.INBOX_DOMAINS:
            allowed = ", ".join(settings.INBOX_DOMAINS)
            raise ValidationError({"inbox": f"The inbox must be one of the council's own: {allowed}."})
