"""Which enquiries may be from the same provider: the same email address, telephone number, CQC location, or
name and postcode."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from enquiries.models import Draft, Enquiry, Interest
from enquiries.models.site import titles_of

MOST = 10


@dataclass(frozen=True)
class Likeness:
    """Another enquiry that may be from the same provider, with the titles of the programmes that both ask for."""

    enquiry: Enquiry
    shared: list[str]

    @property
    def may_be_duplicate(self) -> bool:
        return bool(self.shared) and self.enquiry.state != Enquiry.State.CLOSED


def like(enquiry: Enquiry) -> list[Likeness]:
    """Other enquiries that may be from the same provider, newest first, in two queries."""
    asked = [interest.programme.slug for interest in enquiry.interests.all()]
    fits = _fits(enquiry.contact_email, enquiry.contact_telephone, enquiry.organisation, enquiry.postcode)
    fits |= _same_location(enquiry.cqc_location_id)
    return _found(Enquiry.objects.exclude(pk=enquiry.pk), fits, asked)


def like_draft(draft: Draft) -> list[Likeness]:
    """What was asked before by whoever this complete draft is from, so that nothing is entered twice."""
    contact, postcode = draft.cleaned("contact"), draft.cleaned("postcode")["postcode"]
    name = draft.cleaned("organisation")["organisation"]
    fits = _fits(contact["email"], contact.get("telephone", ""), name, postcode) | _same_location(draft.location_id)
    return _found(Enquiry.objects.all(), fits, draft.data("programmes").get("programmes", []))


def _fits(email: str, telephone: str, organisation: str, postcode: str) -> Q:
    fits = Q(folded_email=email.lower())
    fits |= Q(postcode=postcode, folded_name=organisation.lower()) if organisation else Q()
    return fits | Q(contact_telephone=telephone) if telephone else fits


def _same_location(location_id: str) -> Q:
    return Q(cqc_location_id=location_id) if location_id else Q(pk__in=[])


def _found(enquiries: "QuerySet[Enquiry]", fits: Q, asked: list[str]) -> list[Likeness]:
    folded = enquiries.alias(folded_email=Lower("contact_email"), folded_name=Lower("organisation"))
    interests = Interest.objects.select_related("programme").only("enquiry_id", "programme_title", "programme__slug")
    columns = ("reference", "organisation", "state", "received_at", "joined_to", "contact_name")
    found = folded.filter(fits).only(*columns).prefetch_related(Prefetch("interests", interests))
    return [Likeness(one, _shared(one, asked)) for one in found.order_by("-received_at", "-pk")[:MOST]]


def _shared(enquiry: Enquiry, asked: list[str]) -> list[str]:
    return titles_of(interest for interest in enquiry.interests.all() if interest.programme.slug in asked)
