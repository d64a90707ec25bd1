"""What waits for a partner, over all that it does with the portal: the front page of its pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from enquiries.models import Interest
from programmes.models import LinkCheck, ListingChange, ListingReport, Partner, Programme, ProposedField


@dataclass(frozen=True)
class Duty:
    """Something that waits: how much of it, in words, and where it is done."""

    words: str
    number: int
    address: str


def duties(partners: list[Partner]) -> list[Duty]:
    """What somebody of these partners has to do, people who wait first. What there is none of is left out."""
    return [duty for duty in _duties(partners) if duty.number]


def _duties(partners: list[Partner]) -> Iterator[Duty]:
    referrals = Interest.objects.seen_by(partners).to_acknowledge().count()
    yield Duty(_some(referrals, "referral", "to acknowledge"), referrals, reverse("enquiries:partner-referrals"))
    listings, address = (
        Programme.objects.listed().filter(partners__in=partners).distinct(),
        reverse("programmes:listings"),
    )
    asked = listings.filter(asked_times__gt=0).count()
    yield Duty(_some(asked, "listing", "to check: still correct?"), asked, address)
    changes = ListingChange.objects.open().filter(partner__in=partners)
    returned = changes.filter(fields__state=ProposedField.State.RETURNED).distinct().count()
    yield Duty(_some(returned, "listing", "returned by the council"), returned, address)
    unsent = changes.filter(state=ListingChange.State.DRAFT).count()
    yield Duty(_some(unsent, "listing", "with changes not sent yet"), unsent, address)
    reports = ListingReport.objects.open().about_programmes_of(partners).distinct().count()
    yield Duty(_some(reports, "report", "that something is wrong"), reports, reverse("programmes:reports"))
    links = LinkCheck.objects.in_trouble().of_any(listings).count()
    yield Duty(_some(links, "link", "that does not work as it should"), links, reverse("programmes:reports"))


def _some(number: int, what: str, rest: Any) -> str:
    return f"{number} {what}{'' if number == 1 else 's'} {rest}"
