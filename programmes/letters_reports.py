"""Letters about “Something wrong with this page?”. They name nobody."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from programmes.letters_checks import letter, people_to_ask
from programmes.models import ListingReport, Partner
from providers.letters import Lasting


def to_partner(report: ListingReport, partner: Partner) -> list[Lasting]:
    """To its people, with the link alone: what was written is read behind the sign-in."""
    people = people_to_ask(partner)
    addresses = [one.user.email if one else partner.email for one in people]
    page = settings.BASE_URL + reverse("programmes:report-answer", args=[report.pk])
    return [_letter(to, "Somebody reports a mistake on your page", "report_to_partner", page=page) for to in addresses]


def to_council(report: ListingReport) -> Lasting:
    page = settings.BASE_URL + reverse("admin:programmes_listingreport_change", args=[report.pk])
    subject = "Somebody reports a mistake on a page"
    return _letter(settings.BUSINESS_FORUM_INBOX, subject, "report_to_council", page=page)


def answered(report: ListingReport) -> Lasting:
    """To whoever reported it and gave an address. Neither of the two learns the other's."""
    return _letter(report.email, "Thank you for telling us", "report_answered", report=report)


def _letter(to: str, subject: str, template: str, **context: object) -> Lasting:
    good_until = timezone.now() + ListingReport.ADDRESS_KEPT
    return letter(to, subject, template, good_until=good_until, **context)
