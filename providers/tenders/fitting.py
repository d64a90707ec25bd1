"""Which tenders are for care, and in the area or near it: by the lists of the council pack."""

import re
from collections.abc import Iterable

from django.conf import settings

from careportal.kit.cleaning import fold
from providers.tenders.notices import Address, Notice

_CODE = re.compile(r"uk[a-z][0-9a-z]{0,2}")  # of a region, in small letters: all that begins with it lies in it


def fits(notice: Notice) -> bool:
    return _is_for_care(notice.cpv_codes) and (_is_bought_by_ours(notice.buyers) or _is_here(notice.addresses))


def _is_for_care(codes: Iterable[str]) -> bool:
    return any(code.startswith(tuple(settings.COUNCIL.tenders.cpv)) for code in codes)


def _is_bought_by_ours(buyers: Iterable[str]) -> bool:
    """A name may have more before and after it, but no more letters in its words."""
    ours = "|".join(re.escape(fold(name)) for name in (*settings.COUNCIL.tenders.buyers, settings.COUNCIL.name))
    whole = re.compile(rf"(?<!\w)(?:{ours})(?!\w)")
    return any(whole.search(name) for name in buyers)


def _is_here(addresses: Iterable[Address]) -> bool:
    regions = [fold(name) for name in settings.COUNCIL.tenders.regions]
    return any(_in_region(address, regions) or _in_area(address) for address in addresses)


def _in_region(address: Address, regions: list[str]) -> bool:
    region = fold((address.region or "")[:100])
    codes = tuple(one for one in regions if _CODE.fullmatch(one))
    return region in regions or (bool(_CODE.fullmatch(region)) and region.startswith(codes))


def _in_area(address: Address) -> bool:
    area = settings.COUNCIL.area
    names = {fold(name) for name in (*area.named, settings.COUNCIL.place)}
    outcode = (address.postal_code or "").strip()[:8].upper().partition(" ")[0]
    return fold((address.locality or "")[:100]) in names or outcode in {*area.inside, *area.probably}
