"""“Something wrong with this page?”: taken in, told to whoever keeps the page, answered."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from careportal.accounts import access
from programmes import letters_reports as letters
from programmes.exceptions import NotYours, TooManyReports
from programmes.models import ListingReport, Programme

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "programmes.listingreport"
HOUR = dt.timedelta(hours=1)
PER_NETWORK, PER_PAGE = 5, 20


@transaction.atomic
def report(*, programme: Programme, kind: str, text: str, email: str, origin: str) -> ListingReport:
    """Keep it and tell the page's partners and the council, once an hour about one page however much is reported.

    Raises TooManyReports.
    """
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)  # so that many at once are counted
    since = timezone.now() - HOUR
    lately = programme.reports.filter(made_at__gt=since).count()
    if lately >= PER_PAGE or ListingReport.objects.from_origin_since(origin, since).count() >= PER_NETWORK:
        raise TooManyReports
    made = ListingReport.objects.create(programme=programme, kind=kind, text=text, email=email, origin=origin)
    if not lately:
        for partner in programme.partners.all():
            for letter in letters.to_partner(made, partner):
                letter.send()
        letters.to_council(made).send()
    return made


@transaction.atomic
def answer_report(*, report_id: int, by: "User", answer: str, note: str) -> ListingReport:
    """Say what became of it. Whoever reported it is told, if there is an address, which is forgotten with that."""
    found = _locked(report_id)
    found.give_answer(answer, note=note, by=by)
    if found.email:
        letters.answered(found).send()
        found.email = ""
    found.save()
    access.note_changed(by, ABOUT, [found.pk], what="answered", answer=answer)
    return found


@transaction.atomic
def close_report(*, report_id: int, by: "User") -> ListingReport:
    """By an officer: there is nothing to answer."""
    found = _locked(report_id)
    found.close(by=by)
    found.email = ""
    found.save()
    access.note_changed(by, ABOUT, [found.pk], what="closed")
    return found


def forget_addresses() -> None:
    """Addresses after 90 days, marks of networks after the hour that they count for."""
    now = timezone.now()
    ListingReport.objects.with_old_address(now - ListingReport.ADDRESS_KEPT).update(email="")
    ListingReport.objects.exclude(origin="").filter(made_at__lt=now - HOUR).update(origin="")


def _locked(report_id: int) -> ListingReport:
    locked = ListingReport.objects.select_for_update(of=("self",)).select_related("programme")
    found = locked.filter(pk=report_id).first()
    if found is None:
        raise NotYours
    return found
