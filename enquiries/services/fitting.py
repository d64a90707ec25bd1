"""What somebody does with the results of "What can my service get?". To be called with the draft locked."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone

from enquiries import letters_fit
from enquiries.application.fit import Fit
from enquiries.application.journey import Journey
from enquiries.exceptions import TooMany
from enquiries.mail import addresses, post
from enquiries.models import Draft, OutgoingMail
from enquiries.services.applications import save_page

HOUR = 3600
SENDINGS = 5  # of one draft: drafts are limited by network address, and so are strangers that can be mailed


def apply_for(draft: Draft, *, slugs: Sequence[str]) -> None:
    """Make an application of the draft, for programmes that may be applied for today.

    What the rules say of them was read just now. So what does not fit is what the council is asked to look at again.
    """
    _answer(draft, "programmes", {"programmes": list(slugs)})
    journey = Journey(draft)
    again = [result.programme.slug for result in journey.unmet]
    _answer(draft, "eligibility", {"seen": journey.results_seen, "second_look": again})


def _answer(draft: Draft, name: str, typed: dict[str, object]) -> None:
    """Answer a page as if it had been sent; one that cannot be answered so is left to the applicant."""
    journey = Journey(draft)
    page = journey.page(name)
    form = journey.form(page, typed) if page else None
    if page and form and form.is_valid():
        save_page(draft, page=page.name, entry=form.entry())


def send_results(draft: Draft, *, address: str) -> None:
    """Write the results down in the outbox. An address that has had enough this hour gets no more, and we say nothing.

    Raises TooMany when they were sent from this draft too often.
    """
    times = draft.answers.get("sent", {}).get("times", 0)
    if times >= SENDINGS:
        raise TooMany("These results have been sent too often.", retry_after=HOUR)
    save_page(draft, page="sent", entry={"times": times + 1})
    if not _has_had_enough(address):
        post.write(letters_fit.results(address, Fit(draft).by_verdict()))


def _has_had_enough(address: str) -> bool:
    since = timezone.now() - dt.timedelta(seconds=HOUR)
    lately = OutgoingMail.objects.filter(kind=OutgoingMail.Kind.RESULTS, created_at__gt=since)
    had = lately.filter(recipient_key=addresses.key(address)).count()
    return had >= settings.ACKNOWLEDGEMENTS_PER_HOUR
