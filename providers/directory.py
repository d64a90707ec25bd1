"""Finding a service in the directory of the Care Quality Commission, whatever of it somebody knows.

A postcode, a CQC ID or the address of a page at cqc.org.uk tells most and is looked for first; else every word has to
occur somewhere. Those in the council's own area come first. Nothing here may hold anybody up: when the directory
cannot be read, nothing is found.
"""

import datetime as dt
import logging
import re
from collections.abc import Collection

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from careportal.kit.cleaning import fold, made_storable, narrow, whole_words
from providers.models import DirectoryImport, RegisteredLocation

logger = logging.getLogger(__name__)

SHOWN = 10
LONGEST, MOST_WORDS = 200, 8
LOCAL_AT_MOST = 100
SHORTEST_NAME = 6  # shorter ones are words of any letter

_DASHES = re.compile("[\u2010-\u2015\u2212]")
_PAGE = re.compile(r"cqc\.org\.uk/(?:location|provider)/([A-Z0-9-]{3,20})", re.IGNORECASE)
_ID = re.compile(r"(?<![0-9A-Z])1 ?- ?([0-9](?: ?[0-9]){6,11})(?![0-9A-Z])")
_DIGITS = re.compile(r"1?[0-9]{7,12}")
_POSTCODE = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?)[ .,-]*([0-9][A-Z]{2})\b")
_PART_OF_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9]?[A-Z]?")
_WORD = re.compile(r"[^\W_]{3}")

_COLUMNS = ("cqc_location_id", "name", "provider_name", "type", "address", "postcode", "local_authority", "search_text")


def find(words: str, limit: int = SHOWN) -> list[RegisteredLocation]:
    """Registered locations that fit, the likeliest first. Some columns of each are read when they are asked for."""
    text = _DASHES.sub("-", narrow(made_storable(words[:LONGEST]))).upper()
    try:
        with transaction.atomic():  # so that a failure here does not end the transaction around it
            return _find(text)[:limit]
    except DatabaseError as error:
        logger.error("directory.not_read reason=%s", type(error).__name__)
        return []


def named_in(text: str, among: Collection[RegisteredLocation] = ()) -> list[RegisteredLocation]:
    """Those whose whole name is in a text: of these, else of all in the council's own area."""
    try:
        with transaction.atomic():
            own = Q(is_social_care=True, local_authority__in=settings.COUNCIL.area.named)
            said = whole_words(text)
            asked = among or _in_order(RegisteredLocation.objects.filter(own))
            return [one for one in asked if len(one.name) >= SHORTEST_NAME and whole_words(one.name) in said]
    except DatabaseError as error:
        logger.error("directory.not_read reason=%s", type(error).__name__)
        return []


def at(location_id: str) -> RegisteredLocation | None:
    """The registered location with this ID, if it is in the directory now."""
    if not re.fullmatch(r"[0-9A-Z-]{1,20}", location_id):
        return None
    return RegisteredLocation.objects.filter(cqc_location_id=location_id).first()


def others_of(location: RegisteredLocation | None, limit: int) -> list[RegisteredLocation]:
    """Further places of the organisation that runs this one, those in the council's own area first."""
    if location is None or not location.cqc_provider_id:
        return []
    same = RegisteredLocation.objects.filter(is_social_care=True, cqc_provider_id=location.cqc_provider_id)
    try:
        with transaction.atomic():
            found = list(_in_order(same.exclude(pk=location.pk).exclude(postcode="")))
    except DatabaseError as error:
        logger.error("directory.not_read reason=%s", type(error).__name__)
        return []
    return sorted(found, key=lambda one: not _is_local(one))[:limit]


def is_there() -> bool:
    """Whether there is a directory to look in."""
    try:
        with transaction.atomic():
            return RegisteredLocation.objects.filter(is_social_care=True).exists()
    except DatabaseError as error:
        logger.error("directory.not_read reason=%s", type(error).__name__)
        return False


def data_of() -> dt.date | None:
    """The day of which the directory is: what its newest file says of itself, else when it was imported.

    A file of ratings says when locations were rated: it counts only where there is no other.
    """
    marked = DirectoryImport.objects.annotate(has_ratings_only=Q(kind=DirectoryImport.Kind.RATINGS))
    newest = marked.order_by("has_ratings_only", "-imported_at", "-pk").first()
    return (newest.produced_on or timezone.localdate(newest.imported_at)) if newest else None


def _find(text: str) -> list[RegisteredLocation]:
    if (ids := ids_in(text)) and (found := _with_id(ids)):
        return found
    if postcode := _POSTCODE.search(text):
        return _at_postcode(f"{postcode[1]} {postcode[2]}", fold(text.replace(postcode[0], " ")).split())
    if _PART_OF_POSTCODE.fullmatch(text):
        text = text.replace(" ", "")
    return _named(fold(text).split()[:MOST_WORDS])


def ids_in(text: str) -> set[str]:
    """The CQC IDs that are meant by a text in capitals: as a page's address, with or without its "1-" and spaces.

    Location and provider IDs look alike and people mix them up, so nothing says here which of them it is.
    """
    if page := _PAGE.search(text):
        return {page[1].upper()}
    if whole := _ID.search(text):
        return {f"1-{whole[1].replace(' ', '')}"}
    digits = re.sub(r"[ -]", "", text)
    if not _DIGITS.fullmatch(digits):
        return set()
    return {f"1-{digits}", *([f"1-{digits[1:]}"] if digits.startswith("1") else [])}


def _with_id(ids: set[str]) -> list[RegisteredLocation]:
    """The location itself before all the locations of a provider."""
    fits = Q(cqc_location_id__in=ids) | Q(cqc_provider_id__in=ids)
    found = RegisteredLocation.objects.filter(fits).only(*_COLUMNS, "cqc_provider_id").order_by()
    return sorted(found, key=lambda one: (one.cqc_location_id not in ids, not _is_local(one), one.search_text))


def _at_postcode(postcode: str, words: list[str]) -> list[RegisteredLocation]:
    """Everything at a postcode. Many share one: those that fit the rest of what was typed come first."""
    found = _in_order(RegisteredLocation.objects.filter(is_social_care=True, postcode=postcode))
    return sorted(found, key=lambda one: -sum(word in one.search_text for word in words))


def _named(words: list[str]) -> list[RegisteredLocation]:
    """At least one word must have three letters or digits: shorter ones are in almost every name."""
    if not any(_WORD.search(word) for word in words):
        return []
    fits = Q(is_social_care=True)
    for word in sorted(words, key=len, reverse=True):  # long words are rare, and the others are then seldom looked for
        fits &= Q(search_text__contains=word)
    local = Q(local_authority__in=settings.COUNCIL.area.named)
    begins = " ".join(words)
    found = list(_in_order(RegisteredLocation.objects.filter(fits, local))[:LOCAL_AT_MOST])
    found.sort(key=lambda one: not one.search_text.startswith(begins))
    if len(found) <= SHOWN:
        found += _in_order(RegisteredLocation.objects.filter(fits).exclude(local))[: SHOWN + 1]
    return found


def _in_order(locations: "QuerySet[RegisteredLocation]") -> "QuerySet[RegisteredLocation]":
    return locations.only(*_COLUMNS).order_by("search_text", "pk")


def _is_local(location: RegisteredLocation) -> bool:
    return location.local_authority in settings.COUNCIL.area.named
