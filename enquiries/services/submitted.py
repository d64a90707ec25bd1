"""What an applicant sent never changes (DI6). A keyed sum over it stands in the event of its arrival, which is chained.

Whoever stores a new enquiry records that event with `digest=digest_of(enquiry, interests)`. A correction is something
new beside it, never a change. What came by email is filled in once: from then on the sum in that event counts.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from careportal.kit import digests
from enquiries.models import Enquiry, Event, Interest

ABOUT = "enquiries.submitted"
ROWS_AT_ONCE = 500


def digest_of(enquiry: Enquiry, interests: Iterable[Interest]) -> str:
    return digests.digest(ABOUT, _content(enquiry, interests))


def differences() -> Iterator[str]:
    """Every enquiry that does not say any more what was sent, by its number, in plain words.

    Those that arrived before there were digests are not compared.
    """
    last = 0
    yield from _wrong_copies()
    while enquiries := list(_batch(last)):
        arrivals = _arrivals(enquiries)
        for enquiry in enquiries:
            yield from _difference(enquiry, arrivals.get(enquiry.pk))
        last = enquiries[-1].pk


def _wrong_copies() -> Iterator[str]:
    """What was taken over from an enquiry about the same says what is said there."""
    for copy in Interest.objects.exclude(copied_from=None).select_related("copied_from").iterator():
        if copy.copied_from and _asked(copy) != _asked(copy.copied_from):
            yield f"enquiry {copy.enquiry_id}: what it took over from another one is not what was asked there"


def _asked(interest: Interest) -> list[Any]:
    """A site is added where there is one: sums of before there were sites still fit."""
    about = [interest.programme_id, interest.programme_title, interest.wants_second_look, interest.answers]
    site = [getattr(interest, name) for name in Interest.SITE]
    return about if site == ["", "", "", 1] else [*about, *site]


def _batch(after: int) -> Any:
    columns = ("pk", *Enquiry.SUBMITTED)
    rows = Enquiry.objects.filter(pk__gt=after).order_by("pk").only(*columns)
    return rows.prefetch_related("interests")[:ROWS_AT_ONCE]


def _arrivals(enquiries: list[Enquiry]) -> dict[int, dict[str, Any]]:
    """The detail of each enquiry's event of arrival, or of its filling in. Of several of a kind the first counts."""
    found = Event.objects.filter(kind__in=[Event.Kind.RECEIVED, Event.Kind.FILLED_IN], enquiry__in=enquiries)
    filled_in_last = sorted(found, key=lambda event: (event.kind == Event.Kind.FILLED_IN, -event.pk))
    return {event.enquiry_id: event.detail for event in filled_in_last}


def _difference(enquiry: Enquiry, arrival: dict[str, Any] | None) -> Iterator[str]:
    if arrival is None:
        yield f"enquiry {enquiry.pk} has no event of its arrival"
    elif (digest := arrival.get("digest")) and not _fits(digest, enquiry):
        yield f"enquiry {enquiry.pk} or what it asks for was changed after it was sent"


def _fits(digest: str, enquiry: Enquiry) -> bool:
    return digests.fits(digest, ABOUT, _content(enquiry, enquiry.interests.all()))


def _said(enquiry: Enquiry) -> Iterator[tuple[str, Any]]:
    """Each column with what was sent. One that came later and is empty is left out: sums of before it still fit."""
    for name in Enquiry.SUBMITTED:
        value = getattr(enquiry, name)
        if value or name not in Enquiry.SUBMITTED_SINCE:
            yield name, value


def _content(enquiry: Enquiry, interests: Iterable[Interest]) -> dict[str, Any]:
    asked = sorted(
        (interest for interest in interests if interest.copied_from_id is None),
        key=lambda interest: interest.asks_for,
    )
    return {
        "enquiry": dict(_said(enquiry)),
        "programmes": [_asked(one) for one in asked],
    }
