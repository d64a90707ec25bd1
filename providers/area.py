"""Whether a postcode lies in the council's area, and how sure that is; and which council it lies in otherwise."""

from collections.abc import Iterable
from functools import reduce
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from careportal.kit.cleaning import fold
from providers.models import RegisteredLocation, UnitPostcode


class Answer(models.TextChoices):
    INSIDE = "inside", "In the council’s area"
    PROBABLY = "probably", "Probably in the council’s area"
    OUTSIDE = "outside", "Outside the council’s area"


class PlaceOfCare(models.TextChoices):
    """Where somebody gives care, which need not be where their office is."""

    FUNDED = "funded", "For people whose care the council pays for"
    IN_AREA = "in_area", "In the council’s area, for people who pay themselves or are paid for by others"
    ELSEWHERE = "elsewhere", "Only elsewhere"


def where_is(postcode: str, *, council_named: str | None = None) -> Answer:
    """Where a normalised postcode lies. Exact where the imported postcodes know it.

    One that they do not know lies where the Care Quality Commission says: in the council that it names
    (`council_named`; by default what its directory names for this postcode). Else only the postcode's district
    (outcode) tells, and a district that straddles the border is only ever "probably".
    """
    unit = UnitPostcode.objects.filter(postcode=postcode).first()
    if unit:
        return Answer.INSIDE if ours(unit.district, unit.county) else Answer.OUTSIDE
    named = _named_by_cqc(postcode) if council_named is None else council_named
    if named:
        return Answer.INSIDE if fold(named) in _our_names() else Answer.OUTSIDE
    return _by_outcode(postcode.partition(" ")[0])


def ours(district: str, county: str) -> bool:
    """Whether these codes of the Office for National Statistics are the council's."""
    return district in settings.COUNCIL.area.districts or county in settings.COUNCIL.area.counties


def registered_here() -> "QuerySet[RegisteredLocation]":
    """Social care that is registered in the council's area, by the rule of `where_is`. "Probably" is not enough."""
    area = settings.COUNCIL.area
    unit = UnitPostcode.objects.filter(postcode=OuterRef("postcode"))
    ours = unit.filter(Q(district__in=area.districts) | Q(county__in=area.counties))
    named = _any(Q(local_authority__iexact=name) for name in area.named)
    inside = _any(Q(postcode__startswith=f"{outcode} ") for outcode in area.inside)
    not_exact = (named | (Q(local_authority="") & inside)) & ~Exists(unit)
    return RegisteredLocation.objects.filter(Exists(ours) | not_exact, is_social_care=True)


def council_of(postcode: str) -> Any:
    """The neighbouring council (of the pack) that a postcode lies in, or None where that is not known."""
    unit = UnitPostcode.objects.filter(postcode=postcode).first()
    if unit is None:
        return None
    neighbours = settings.COUNCIL.area.neighbours
    return next((one for one in neighbours if one.code in {unit.district, unit.county}), None)


def _named_by_cqc(postcode: str) -> str:
    """The council of the registered locations with this postcode; empty where there are none, or they do not agree."""
    here = RegisteredLocation.objects.filter(postcode=postcode).exclude(local_authority="").order_by()
    names = list(here.values_list("local_authority", flat=True).distinct()[:2])
    return names[0] if len(names) == 1 else ""


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(Q.__or__, conditions, Q(pk__in=[]))


def _our_names() -> set[str]:
    """What the Care Quality Commission calls the council."""
    return {fold(name) for name in settings.COUNCIL.area.named}


def _by_outcode(outcode: str) -> Answer:
    if outcode in settings.COUNCIL.area.inside:
        return Answer.INSIDE
    return Answer.PROBABLY if outcode in settings.COUNCIL.area.probably else Answer.OUTSIDE
