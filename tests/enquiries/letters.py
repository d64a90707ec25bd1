"""What a test reads in letters."""

import re

from enquiries.models import OutgoingMail


def written_to(address: str) -> list[OutgoingMail]:
    """Letters to this address that carry their own text, in order."""
    return list(OutgoingMail.objects.filter(recipient=address).exclude(text="").order_by("pk"))


def page_in(text: str) -> str:
    """The path of the one page that a letter leads to."""
    (address,) = re.findall(r"https?://[^/\s]+(/\S+)", text)
    return address
