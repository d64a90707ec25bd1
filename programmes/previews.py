"""A listing as the public will see it once all that is proposed is approved; and a link to that for colleagues."""

import datetime as dt

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse
from django.utils import timezone

from programmes.models import ListingChange, Partner, Programme
from programmes.proposals import proposed_values
from programmes.speeds import Listing

GOOD_FOR = dt.timedelta(days=7)
LONGEST = 200
_signer = TimestampSigner(salt="programmes.previews")


def preview_of(change: ListingChange) -> Programme:
    """The programme with what is proposed put in: in memory alone, never to be saved."""
    programme = Programme.objects.for_list().get(pk=change.programme_id)
    values = proposed_values(programme, change)
    if programme.state == Programme.State.DRAFT:
        programme.state = Programme.State.PUBLISHED
    for name, value in values.items():
        if name != "closing":  # the page as it is until then; its banner says the rest
            Listing(programme).put(name, value)
    partners = Partner.objects.filter(slug__in=values["partners"])
    programme._prefetched_objects_cache["partners"] = partners  # type: ignore[attr-defined]
    return programme


def closes(change: ListingChange) -> bool:
    return bool(proposed_values(change.programme, change)["closing"])


def link_for(change: ListingChange) -> str:
    """Good for seven days, for whoever has it, as long as it is a proposal."""
    token = _signer.sign(_about(change))
    return settings.BASE_URL + reverse("programmes:preview-shared", args=[token])


def change_by(token: str) -> ListingChange | None:
    """The change that this link shows; None when it was tampered with, is too old, or nothing is proposed any more."""
    try:
        about = _signer.unsign(token, max_age=GOOD_FOR) if len(token) <= LONGEST else ""
    except BadSignature:
        return None
    number = about.partition("-")[0]
    found = ListingChange.objects.open().select_related("programme", "partner").prefetch_related("fields")
    change = found.filter(pk=number).first() if number else None
    is_same = change is not None and _about(change) == about and _runs(change.partner)
    return change if is_same else None


def _about(change: ListingChange) -> str:
    """A link to a new programme is dead as soon as the programme is public (PA13)."""
    return f"{change.pk}-{change.programme.state}"


def _runs(partner: Partner) -> bool:
    return partner.agreement_ends_on is None or partner.agreement_ends_on >= timezone.localdate()
