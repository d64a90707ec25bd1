"""Limits on what strangers may try: so many an hour from one network, and so many for one address or reference."""

from django.utils import timezone

from careportal.kit import digests
from enquiries.exceptions import TooMany
from enquiries.models import Try

# An hour, from one network and about one address or reference. A whole organisation may be behind one network.
MOST = {
    Try.What.SAVE: (30, 5),
    Try.What.RETURN: (30, 10),
    Try.What.FOLLOW: (10, 10),
    Try.What.PARTNER: (10, 10),
    Try.What.FEEDBACK: (10, 300),
    Try.What.HELD: (10, 5),
    Try.What.RIGHTS: (10, 5),
}


def note_try(what: Try.What, *, origin: str, about: str) -> None:
    """Count one try, by its network and by what it is about. Raises TooMany, and counts nothing, after enough of them.

    To be called outside of a transaction: each is noted before all are counted, so that many at once are no way round.
    """
    keys = [origin, digests.digest("tries", about)]
    noted = Try.objects.bulk_create(Try(what=what, key=key) for key in keys)
    for key, most in zip(keys, MOST[what], strict=True):
        moments = list(Try.objects.lately().filter(what=what, key=key).order_by("at").values_list("at", flat=True))
        if len(moments) > most:
            Try.objects.filter(pk__in=[one.pk for one in noted]).delete()
            free_at = moments[0] + Try.COUNTS_FOR
            raise TooMany("That was tried too often.", retry_after=(free_at - timezone.now()).total_seconds())
