"""What an app tells those above and below it that it does not know."""

from django.dispatch import Signal

# The database has just been loaded from a backup; its transaction is still open. What was to leave the house when the
# backup was made may have left since.
restored = Signal()
