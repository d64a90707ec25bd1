"""What a mail says, read within bounds of time and memory, whatever somebody has sent."""

from enquiries.mail.reading.head import MOST_HEAD, Automatic, Head
from enquiries.mail.reading.whole import Original, Paper, Reading, beginning, read, refuse_monsters, top

__all__ = [
    "MOST_HEAD",
    "Automatic",
    "Head",
    "Original",
    "Paper",
    "Reading",
    "beginning",
    "read",
    "refuse_monsters",
    "top",
]
