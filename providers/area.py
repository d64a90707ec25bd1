"""Whether a postcode lies in the council's area, and how sure that is."""

from django.conf import settings
from django.db import models


class Answer(models.TextChoices):
    INSIDE = "inside", "In the council’s area"
    PROBABLY = "probably", "Probably in the council’s area"
    OUTSIDE = "outside", "Outside the council’s area"


def where_is(postcode: str) -> Answer:
    """Where a normalised postcode lies. Districts that straddle the border are only ever "probably"."""
    district = postcode.partition(" ")[0]
    if district in settings.COUNCIL.area.inside:
        return Answer.INSIDE
    if district in settings.COUNCIL.area.probably:
        return Answer.PROBABLY
    return Answer.OUTSIDE
