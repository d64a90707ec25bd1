"""Where a programme is wanted, in an application for several sites, and how many places."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

MOST_PLACES = 99

SITE_IS_NAMED = Q(site_name="", site_postcode="", site_location_id="") | (~Q(site_name="") & ~Q(site_postcode=""))


class AtSite(models.Model):
    """The part of an interest that says for which site it is. Who applies for one service alone names none."""

    if TYPE_CHECKING:
        programme_title: str
        programme_id: int

    # Of what was sent, what was not asked from the start. Sums over interests without a site are without them.
    SITE = ("site_name", "site_postcode", "site_location_id", "places")

    site_name = models.CharField("site", max_length=200, blank=True, default="", db_default="")
    site_postcode = models.CharField("postcode of the site", max_length=8, blank=True, default="", db_default="")
    site_location_id = models.CharField(
        "CQC location ID of the site", max_length=20, blank=True, default="", db_default=""
    )
    places = models.PositiveSmallIntegerField("places wanted", default=1, db_default=1)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The programme, and the site that it is for where there are several."""
        return f"{self.programme_title} ({self.site_name})" if self.site_name else self.programme_title

    @property
    def name_in_letters(self) -> str:
        """The same for the provider's mailbox: what somebody typed is not sent on to an address that they typed."""
        return f"{self.programme_title} ({self.site_postcode})" if self.site_postcode else self.programme_title

    @property
    def asks_for(self) -> tuple[int, str, str]:
        """What an enquiry asks for once at most."""
        return self.programme_id, self.site_name, self.site_postcode


def titles_of(interests: Iterable[AtSite]) -> list[str]:
    """The programmes that are asked for, each once, for however many sites."""
    return list(dict.fromkeys(interest.programme_title for interest in interests))
