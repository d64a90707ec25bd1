"""What a complete application becomes: an enquiry's fields, its interests, and the mails that bring it to inboxes."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from enquiries import letters
from enquiries.application.journey import intake_of, news_of, not_open
from enquiries.application.sites import Site, wishes
from enquiries.exceptions import AccountNeeded, ProgrammesChanged
from enquiries.mail import post
from enquiries.models import Draft, Enquiry, Event, Interest, RoutingRule
from enquiries.models.site import titles_of
from enquiries.services import submitted
from programmes.models import ClosureDay, Intake, Programme
from providers.area import where_is

if TYPE_CHECKING:
    from careportal.accounts.models import User

Wanted = dict[Programme, Intake | None]


def store(
    draft: Draft,
    *,
    channel: str,
    came_at: dt.datetime,
    officer: "User | None" = None,
    applicant: "User | None" = None,
) -> Enquiry:
    """Enquiry, interests, event and mails in the transaction around it: all of them, or none."""
    wanted = wanted_in(draft, by=officer or applicant)
    moments = {"declared_at": timezone.now(), "received_at": came_at}
    enquiry = Enquiry(**fields_of(draft), channel=channel, submit_key=draft.pk, **moments)
    interests = interests_of(enquiry, draft, wanted)
    enquiry.start_clocks(wanted, closed_along(wanted))
    enquiry.follow_decisions(all_decided=all(interest.is_decided for interest in interests))
    enquiry.save(force_insert=True)
    Interest.objects.bulk_create(interests)
    digest = submitted.digest_of(enquiry, interests)
    enquiry.record(Event.Kind.RECEIVED, by=officer, channel=enquiry.channel, digest=digest)
    post.write(*routing_of(enquiry, interests), letters.acknowledgement(enquiry))
    return enquiry


def wanted_in(draft: Draft, *, by: "User | None") -> Wanted:
    """What is applied for, with the group chosen in each. Inboxes and closure days are read along.

    Raises ProgrammesChanged, and AccountNeeded where somebody has to sign in first and nobody did.
    """
    asked = Programme.objects.filter(slug__in=draft.results).annotate(closed=ClosureDay.objects.read_along())
    programmes = list(RoutingRule.with_inboxes(asked))
    if by is None and any(programme.needs_account for programme in programmes):
        raise AccountNeeded("Sign in first: one of these programmes is only for people with an account.")
    return _intakes(draft, programmes)


def closed_along(wanted: Wanted) -> frozenset[dt.date]:
    """The closure days that were read with the programmes."""
    return ClosureDay.days_in(next(iter(wanted)).closed)  # type: ignore[attr-defined]  # annotated


def interests_of(enquiry: Enquiry, draft: Draft, wanted: Wanted) -> list[Interest]:
    return [one for programme, intake in wanted.items() for one in _interests(enquiry, draft, programme, intake)]


def _intakes(draft: Draft, programmes: list[Programme]) -> Wanted:
    """The group chosen in each programme. Raises ProgrammesChanged if one closed or filled up meanwhile."""
    decided_on = draft.data("availability").get("seen", "").split(";")
    undecided = [news for news in news_of(not_open(programmes)) if news not in decided_on]
    chosen = {programme: intake_of(draft, programme) for programme in programmes}
    if len(programmes) < len(draft.results) or undecided or not all(open_ for open_, _ in chosen.values()):
        raise ProgrammesChanged("A programme has changed since you chose it. Nothing has been sent yet.")
    return {programme: intake for programme, (_, intake) in chosen.items()}


def fields_of(draft: Draft) -> dict[str, Any]:
    contact, postcode = draft.cleaned("contact"), draft.cleaned("postcode")["postcode"]
    return {
        "origin": draft.origin,
        "provider_id": draft.provider_id,
        "organisation": draft.cleaned("organisation")["organisation"],
        "provider_type": draft.cleaned("service")["provider_type"],
        "postcode": postcode,
        "area": draft.area or where_is(postcode),
        "cqc_location_id": draft.location_id,
        "cqc_registered": draft.cleaned("registered").get("cqc_registered", ""),
        "place_of_care": draft.cleaned("people").get("place_of_care", ""),
        "size_band": draft.cleaned("size").get("size_band", ""),
        "contact_name": contact["full_name"],
        "contact_email": contact["email"],
        "contact_telephone": contact.get("telephone", ""),
        **contact.get("call_times", {}),
        "message": draft.cleaned("message").get("message", ""),
        "privacy_version": settings.COUNCIL.privacy.version,
    }


def _interests(enquiry: Enquiry, draft: Draft, programme: Programme, intake: Intake | None) -> Iterator[Interest]:
    """One for the service that applies, or one for each of its sites that wants places."""
    result = draft.results[programme.slug]
    several = wishes(draft, programme.slug)
    if not several:
        yield _interest(enquiry, draft, programme, intake, result)
    for wish in several:
        at_site = {"verdict": wish.verdict, "reasons": wish.reasons}
        yield _interest(enquiry, draft, programme, intake, at_site, places=wish.places, **_at(wish.site))


def _at(site: Site) -> dict[str, str]:
    return {"site_name": site.name, "site_postcode": site.postcode, "site_location_id": site.location_id}


def _interest(
    enquiry: Enquiry, draft: Draft, programme: Programme, intake: Intake | None, result: Mapping[str, Any], **site: Any
) -> Interest:
    waits = bool(not_open([programme])) or (intake is not None and not intake.has_places)
    return Interest(
        enquiry=enquiry,
        programme=programme,
        programme_title=programme.title,
        intake=intake,
        inbox=programme.inbox,  # type: ignore[attr-defined]  # RoutingRule.with_inboxes
        state=Interest.State.WAITING_LIST if waits else Interest.State.RECEIVED,
        waiting_since=enquiry.received_at if waits else None,
        verdict=result["verdict"],
        verdict_reasons=result["reasons"],
        wants_second_look=programme.slug in draft.data("eligibility").get("second_look", []),
        answers=draft.said(f"about-{programme.slug}"),
        **site,
    )


def routing_of(enquiry: Enquiry, interests: list[Interest]) -> list[letters.Letter]:
    """One letter to each distinct inbox, about the programmes that are routed there."""
    routed: dict[str, list[Interest]] = {}
    for interest in interests:
        routed.setdefault(interest.inbox, []).append(interest)
    return [letters.routing(enquiry, inbox, titles_of(about)) for inbox, about in routed.items()]
