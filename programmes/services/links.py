"""The weekly look at all links of listings, a few at a time."""

import logging
import time
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from careportal.kit import markdown
from programmes.links.fetch import SECONDS, Web, look_at
from programmes.models import LinkCheck, LinkPlace, Partner, Programme
from programmes.models.link import digest_of
from programmes.speeds import MARKDOWN

logger = logging.getLogger(__name__)

ROUND_SECONDS = 20.0
AT_A_TIME = 50
LINKS = ("link", "funding_link")

COLUMNS = ("link__url_digest", "programme", "partner", "field")


def check_some(web: Web | None = None) -> int:
    """Look at what is due, for no longer than one round. Returns how many links were looked at.

    Nothing is locked while a website lets us wait: what was found is written down afterwards.
    """
    note_links()
    ends_at, looked_at = time.monotonic() + ROUND_SECONDS - SECONDS, 0
    for link in LinkCheck.objects.due(timezone.now())[:AT_A_TIME]:
        if time.monotonic() > ends_at:
            break
        found = look_at(link.url, web)
        link.note(found.state, found.words)
        looked_at += LinkCheck.objects.filter(pk=link.pk).update(
            state=link.state, found=link.found, since=link.since, checked_at=link.checked_at
        )
    logger.info("links.looked_at count=%s", looked_at)
    return looked_at


@transaction.atomic
def note_links() -> None:
    """Which links the listings have now, and where. What stands nowhere any more is forgotten."""
    wanted = {(digest_of(url), programme, partner, name): url for url, programme, partner, name in _links()}
    urls = {place[0]: url for place, url in wanted.items()}
    rows = [LinkCheck(url=url, url_digest=digest) for digest, url in urls.items()]
    LinkCheck.objects.bulk_create(rows, ignore_conflicts=True)
    numbers = dict(LinkCheck.objects.filter(url_digest__in=urls).values_list("url_digest", "pk"))
    known = {(digest, *where): number for number, digest, *where in LinkPlace.objects.values_list("pk", *COLUMNS)}
    LinkPlace.objects.filter(pk__in=[number for place, number in known.items() if place not in wanted]).delete()
    LinkPlace.objects.bulk_create(
        LinkPlace(link_id=numbers[digest], programme_id=programme, partner_id=partner, field=name)
        for digest, programme, partner, name in wanted
        if (digest, programme, partner, name) not in known
    )
    LinkCheck.objects.filter(places=None).delete()


def _links() -> Iterator[tuple[str, int | None, int | None, str]]:
    """Each link that a public page shows, with where it stands."""
    listed = Programme.objects.listed()
    for programme in listed:
        for name in LINKS:
            if url := getattr(programme, name):
                yield url, programme.pk, None, name
        for name in sorted(MARKDOWN):
            yield from ((url, programme.pk, None, name) for url in markdown.pages_linked(getattr(programme, name)))
    for partner in Partner.objects.filter(programmes__in=listed.order_by().values("pk")).distinct():
        if partner.website:
            yield partner.website, None, partner.pk, "website"
        yield from ((url, None, partner.pk, "description") for url in markdown.pages_linked(partner.description))
