from django.db import models


class Pulse(models.Model):
    """When a part of the machinery last showed that it is alive, or a job that comes again and again was last done."""

    class Part(models.TextChoices):
        SWEEP = "sweep", "Sweep of the mail that is due"
        WORKER = "worker", "Worker"
        SCHEDULE = "schedule", "Schedule"
        MAILBOX = "mailbox", "Look into the inbox"
        INCOMING = "incoming", "Removal of old copies of mail that came in"
        NOTICE = "notice", "Notice of mail that failed"
        QUESTIONS = "questions", "Reminders of questions"
        DETAILS = "details", "Reminders of details that an email did not say"
        PLACES = "places", "Offers of free places, and reminders"
        INTAKES = "intakes", "News of groups that have changed"
        ALERTS = "alerts", "Alerts about programmes"
        STARTS = "starts", "Reminders of programmes that begin"
        OUTCOMES = "outcomes", "Questions about the outcome"
        CLAIMS = "claims", "Reminders of national funding"
        REFERRALS = "referrals", "Reminders of referrals"
        DRAFTS = "drafts", "Removal of old drafts"
        LEAVERS = "leavers", "Return of the work of leavers"
        TRAIL = "trail", "Sealing of the trail"
        CHECKS = "checks", "Questions whether listings are correct"
        AGREEMENTS = "agreements", "Letters about agreements that end"
        LINKS = "links", "Look at the links in listings"
        EXPORTS = "exports", "Removal of old exports"
        FEEDBACK = "feedback", "Weekly letter about feedback"

    part = models.CharField(primary_key=True, max_length=20, choices=Part)
    seen_at = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True, help_text="Somebody is at it, for no longer than this.")

    def __str__(self) -> str:
        return self.get_part_display()
