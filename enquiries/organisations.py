"""What an organisation and its members have to do with enquiries: which are theirs, and which could be."""

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest
from django.utils import timezone

from careportal.accounts.models import User
from careportal.kit.cleaning import made_storable, narrow
from enquiries.models import ContactVersion, Draft, Enquiry, Interest, Message
from providers.models import Membership, Provider, RegisteredLocation

CHOSEN = "organisation"  # in the session: for which of several organisations this person applies


def found_for(user: User) -> "QuerySet[Enquiry]":
    """Applications whose contact is this person's address now, and that belong to no organisation yet.

    Only addresses that are proved count: anybody can type another's into an application (trap 19). What came by email
    says of no organisation before it is filled in.
    """
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    addresses = {address.lower() for address in proved} & {user.email}
    newest = ContactVersion.objects.filter(enquiry=OuterRef("pk")).order_by("-pk").values("email")[:1]
    changed = ContactVersion.objects.alias(address=Lower("email")).filter(address__in=addresses).values("enquiry")
    now = Lower(Coalesce(Subquery(newest), "contact_email"))
    found = Enquiry.objects.alias(sent_from=Lower("contact_email"), now=now).filter(
        Q(sent_from__in=addresses) | Q(pk__in=changed), now__in=addresses, provider=None, is_incomplete=False
    )
    return found.order_by("-received_at", "-pk")


def applications_of(provider: Provider) -> "QuerySet[Enquiry]":
    """The newest first, each with its programmes and what was said about them, as `standing.in_short` wants it."""
    said = Message.objects.known_to_provider().filter(kind=Message.Kind.DECISION)
    decided = Prefetch("messages", said, to_attr="decisions")
    interests = Prefetch("interests", Interest.objects.select_related("offered_intake").prefetch_related(decided))
    return Enquiry.objects.filter(provider=provider).order_by("-received_at", "-pk").prefetch_related(interests)


def drafts_of(provider: Provider) -> "QuerySet[Draft]":
    """What its members have begun and not sent."""
    sent = Enquiry.objects.filter(submit_key=OuterRef("pk"))
    begun = Draft.objects.filter(provider=provider, expires_at__gt=timezone.now())
    return begun.exclude(Exists(sent)).order_by("-started_at")


def applies_for(request: HttpRequest) -> Membership | None:
    """For which organisation whoever asks applies: the one they chose, or the only one they belong to."""
    memberships = list(Membership.objects.of(request.user).select_related("provider", "user"))
    chosen = request.session.get(CHOSEN) if len(memberships) > 1 else None
    mine = [one for one in memberships if one.provider_id == chosen] if chosen else memberships
    return mine[0] if len(mine) == 1 else None


def named(words: str) -> Provider | None:
    """The organisation that somebody means by an application's reference, or by one of its CQC numbers."""
    name = made_storable(narrow(words[:60])).upper().replace(" ", "")
    by_reference = Enquiry.objects.filter(reference=name, provider__isnull=False).select_related("provider").first()
    if by_reference:
        return by_reference.provider
    locations = RegisteredLocation.objects.filter(cqc_location_id=name).exclude(cqc_provider_id="")
    ids = [name, *locations.values_list("cqc_provider_id", flat=True)]
    return Provider.objects.exclude(cqc_provider_id="").filter(cqc_provider_id__in=ids).first()
