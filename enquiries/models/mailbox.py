from django.db import models


class MailboxFolder(models.Model):
    """How far a folder of the inbox has been read. A server that numbers its mails anew says so by `validity`."""

    name = models.CharField(primary_key=True, max_length=200)
    validity = models.CharField(max_length=40)
    last_number = models.PositiveBigIntegerField(default=0)
    read_until = models.DateTimeField(null=True, help_text="When the mail with this number came into the inbox.")

    def __str__(self) -> str:
        return self.name
