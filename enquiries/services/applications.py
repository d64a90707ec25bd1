"""Applying: a draft is begun, filled in page by page, and sent once."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from enquiries import letters
from enquiries.application.journey import intake_of, news_of, not_open
from enquiries.application.profile import begin_with_what_is_known, told_before
from enquiries.application.sites import Site, wishes
from enquiries.exceptions import AccountNeeded, AlreadySentDifferently, AnswersChanged, ProgrammesChanged, TooMany
from enquiries.mail import post
from enquiries.models import DailyCount, Draft, Enquiry, Event, Interest, RoutingRule
from enquiries.models.site import titles_of
from enquiries.services import submitted
from enquiries.services.feedback import count_on_commit
from programmes.models import ClosureDay, Intake, Programme
from providers import services as providers
from providers.area import where_is
from providers.models import Membership

if TYPE_CHECKING:
    from careportal.accounts.models import User

MINUTE, HOUR = 60, 3600
FIRST_PAGE = "programmes"


def begin_application(
    *,
    owner: str,
    origin: str,
    entry: Mapping[str, Any],
    page: str = "programmes",
    membership: Membership | None = None,
) -> Draft:
    """A new draft that holds its first page; a member's begins with what the organisation has told before.

    Raises TooMany when one address begins too many.
    """
    since = timezone.now() - dt.timedelta(seconds=HOUR)
    if Draft.objects.from_origin_since(origin, since).count() >= settings.DRAFTS_PER_HOUR:
        raise TooMany("Too many applications have been started from your network.", retry_after=HOUR)
    draft = Draft(owner=owner, origin=origin, answers={page: dict(entry)})
    if membership:
        begin_with_what_is_known(draft, membership)
    draft.save(force_insert=True)
    if page == FIRST_PAGE:
        count_on_commit(DailyCount.What.BEGUN)
    return draft


def save_page(
    draft: Draft,
    *,
    page: str,
    entry: Mapping[str, Any],
    also: Mapping[str, Mapping[str, Any]] | None = None,
    forgets: Iterable[str] = (),
) -> None:
    """Keep one page's answers, what they answer besides, and nothing that does not hold any longer.

    To be called in the transaction in which the draft was locked.
    """
    kept = {name: answers for name, answers in draft.answers.items() if name not in forgets}
    begins = page == FIRST_PAGE and page not in draft.answers
    draft.answers = kept | dict(also or {}) | {page: dict(entry)}
    draft.save(update_fields=["answers"])
    if begins:
        count_on_commit(DailyCount.What.BEGUN)


def submit_application(*, draft_id: uuid.UUID, owner: str, seal: str, user: "User | None" = None) -> str:
    """Send the draft as it was checked, and return the enquiry's reference.

    However often and in however many places at once it is called for one draft, there is one enquiry.
    `seal` marks the answers that were shown for checking. Raises Draft.DoesNotExist, AnswersChanged,
    AlreadySentDifferently, ProgrammesChanged, AccountNeeded or TooMany; then nothing is stored.
    """
    try:
        return _submit(draft_id, owner, seal, user)
    except IntegrityError:
        sent = Enquiry.objects.filter(submit_key=draft_id).values_list("reference", flat=True).first()
        if sent is None:
            raise
        return sent  # somebody else's transaction stored the same draft a moment before


@transaction.atomic
def _submit(draft_id: uuid.UUID, owner: str, seal: str, user: "User | None") -> str:
    now = timezone.now()
    drafts = Draft.objects.of(draft_id, owner, user).with_sent_lately(now - dt.timedelta(seconds=MINUTE))
    draft = drafts.select_for_update(of=("self",)).get()
    if draft.sent_as:
        if not draft.sealed_by(seal):
            raise AlreadySentDifferently("This application has been sent already, with other answers.")
        return draft.sent_as
    if not draft.sealed_by(seal):
        raise AnswersChanged("Your answers have changed since you checked them. Check them again, then send.")
    if draft.sent_lately >= settings.SUBMITS_PER_MINUTE:
        raise TooMany("Too many applications have been sent from your network.", retry_after=MINUTE)
    enquiry = _store(draft, channel=Enquiry.Channel.ONLINE, came_at=now, applicant=user)
    if draft.provider_id and user:
        _remember(draft, user)
    count_on_commit(DailyCount.What.SENT)
    return enquiry.reference


@transaction.atomic
def enter_enquiry(*, draft: Draft, officer: "User", channel: str, came_on: dt.date) -> Enquiry:
    """Store what an officer typed for a provider: the same record, rules and mails, with the channel it came by.

    The draft's id is the one-use key here too. Its clocks run from the day it came. Raises ProgrammesChanged.
    """
    stored = Enquiry.objects.filter(submit_key=draft.pk).first()
    if stored:
        return stored
    now = timezone.now()
    came_at = now if came_on >= timezone.localdate(now) else _noon(came_on)
    return _store(draft, channel=channel, came_at=came_at, officer=officer)


def _noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def _store(
    draft: Draft,
    *,
    channel: str,
    came_at: dt.datetime,
    officer: "User | None" = None,
    applicant: "User | None" = None,
) -> Enquiry:
    """Enquiry, interests, event and mails in the transaction around it: all of them, or none."""
    wanted = Programme.objects.filter(slug__in=draft.results).annotate(closed=ClosureDay.objects.read_along())
    programmes = list(RoutingRule.with_inboxes(wanted))
    if not (officer or applicant) and any(programme.needs_account for programme in programmes):
        raise AccountNeeded("Sign in first: one of these programmes is only for people with an account.")
    intakes = _intakes(draft, programmes)
    moments = {"declared_at": timezone.now(), "received_at": came_at}
    enquiry = Enquiry(**_fields(draft), channel=channel, submit_key=draft.pk, **moments)
    interests = [one for programme in programmes for one in _interests(enquiry, draft, programme, intakes[programme])]
    enquiry.start_clocks(programmes, ClosureDay.days_in(programmes[0].closed))  # type: ignore[attr-defined]  # annotated
    enquiry.follow_decisions(all_decided=all(interest.is_decided for interest in interests))
    enquiry.save(force_insert=True)
    Interest.objects.bulk_create(interests)
    digest = submitted.digest_of(enquiry, interests)
    enquiry.record(Event.Kind.RECEIVED, by=officer, channel=enquiry.channel, digest=digest)
    post.write(*_routing(enquiry, interests), letters.acknowledgement(enquiry))
    return enquiry


def _intakes(draft: Draft, programmes: list[Programme]) -> dict[Programme, Intake | None]:
    """The group chosen in each programme. Raises ProgrammesChanged if one closed or filled up meanwhile."""
    decided_on = draft.data("availability").get("seen", "").split(";")
    undecided = [news for news in news_of(not_open(programmes)) if news not in decided_on]
    chosen = {programme: intake_of(draft, programme) for programme in programmes}
    if len(programmes) < len(draft.results) or undecided or not all(open_ for open_, _ in chosen.values()):
        raise ProgrammesChanged("A programme has changed since you chose it. Nothing has been sent yet.")
    return {programme: intake for programme, (_, intake) in chosen.items()}


def _fields(draft: Draft) -> dict[str, Any]:
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


def _remember(draft: Draft, user: "User") -> None:
    """Keep what was told about the organisation, so that the next application only asks whether it is still right."""
    assert draft.provider_id
    told = told_before(draft)
    about = {"type": told["service"]["provider_type"], "postcode": told["postcode"]["postcode"]}
    asked = told["registered"] | told["people"] | told["size"]  # only where a programme's rules look at them
    about |= {name: answer for name, answer in asked.items() if answer != "unknown"}
    providers.remember_answers(
        provider_id=draft.provider_id,
        user=user,
        answers=about,
        contact_name=told["contact"]["full_name"],
        telephone=told["contact"].get("telephone", ""),
    )


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


def _routing(enquiry: Enquiry, interests: list[Interest]) -> list[letters.Letter]:
    """One letter to each distinct inbox, about the programmes that are routed there."""
    routed: dict[str, list[Interest]] = {}
    for interest in interests:
        routed.setdefault(interest.inbox, []).append(interest)
    return [letters.routing(enquiry, inbox, titles_of(about)) for inbox, about in routed.items()]
