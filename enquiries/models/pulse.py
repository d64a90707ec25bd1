from django.db import models


class Pulse(models.Model):
    """When a part of the machinery last showed that it is alive."""

    class Part(models.TextChoices):
        SWEEP = "sweep", "Sweep of the mail that is due"
        WORKER = "worker", "Worker"
        SCHEDULE = "schedule", "Schedule"

    part = models.CharField(primary_key=True, max_length=20, choices=Part)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.get_part_display()
