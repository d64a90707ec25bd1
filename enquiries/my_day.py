"""An officer's day: what has to be looked at, how much of it there is, and the first few of each."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, IntegerField, Q, QuerySet, Subquery
from django.urls import reverse

from careportal.accounts.models import User
from enquiries import filters, queries, queue
from enquiries.models import Enquiry, IncomingMail, Interest, OutgoingMail, RightsRequest
from enquiries.models.enquiry import EnquiryQuerySet
from programmes.models import AgreementEnd, ClosureDay, Intake, ListingChange, Page, Partner, PartnerRequest, Programme
from providers.models import Handover

FIRST = 5


@dataclass(frozen=True)
class Pile:
    """Enquiries that wait for the same thing: exactly what the queue shows with these filters."""

    name: str
    title: str
    wanted: dict[str, Any]
    is_own: bool = False  # of the officer's own work, which view-only officers have none of

    def of(self, officer: User) -> EnquiryQuerySet:
        return filters.choose(self.wanted, officer=officer)

    @property
    def address(self) -> str:
        return f"{reverse('admin:enquiries_enquiry_changelist')}?{urlencode(self.wanted, doseq=True)}"


PILES = {
    pile.name: pile
    for pile in (
        Pile("overdue", "Overdue", {"due": "overdue", "sort": "due"}),
        Pile("today", "Due today", {"due": "today", "sort": "due"}),
        Pile("answered", "Answered, waiting for you", {"owner": "me", "only": ["answered"]}, is_own=True),
        Pile("offers", "Offers that run out today", {"only": ["offer_ends"]}),
        Pile("register", "Changed in the CQC’s list", {"only": ["register"]}),
        Pile("unowned", "New and unowned", {"owner": "nobody"}),
        Pile("triage", "Yours, in triage", {"state": ["in_triage"], "owner": "me", "sort": "due"}, is_own=True),
    )
}


@dataclass
class Tile:
    """A number with the list behind it, and the first of that list."""

    name: str
    title: str
    address: str
    count: int = 0
    rows: list[queue.Row] = field(default_factory=list)
    mails: list[OutgoingMail] = field(default_factory=list)
    incoming: list[IncomingMail] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)
    requests: list[PartnerRequest] = field(default_factory=list)
    partners: list[Partner] = field(default_factory=list)
    left: list[Interest] = field(default_factory=list)
    ends: list[AgreementEnd] = field(default_factory=list)
    changes: list[ListingChange] = field(default_factory=list)
    listings: list[Programme] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    rights: list[RightsRequest] = field(default_factory=list)

    @property
    def shown(self) -> int:
        asked = (self.rows, self.mails, self.incoming, self.handovers, self.requests)
        listed = (self.partners, self.changes, self.listings, self.pages, self.rights, self.left, self.ends)
        return sum(len(kind) for kind in (*asked, *listed))


@dataclass
class Day:
    tiles: list[Tile]
    places: "QuerySet[Intake]"

    @property
    def shown(self) -> list[int]:
        """The numbers of the enquiries that stand on the page."""
        return sorted({row.enquiry.pk for tile in self.tiles for row in tile.rows})

    @property
    def is_clear(self) -> bool:
        return not any(tile.count for tile in self.tiles)


def of(officer: User) -> Day:
    """One query for each pile, with its count; what their rows show comes in one for all."""
    works = officer.has_perm("enquiries.change_enquiry")
    piles = [pile for pile in PILES.values() if works or not pile.is_own]
    found = [(pile, _counted(queue.shown_of(pile.of(officer)))) for pile in piles]
    shown_once = {one.pk: one for _, shown in found for one in shown}
    rows = {row.enquiry.pk: row for row in queue.rows_of(shown_once.values(), ClosureDay.objects.days())}
    tiles = [
        Tile(pile.name, pile.title, pile.address, _count(shown), rows=[rows[one.pk] for one in shown])
        for pile, shown in found
    ]
    below = [
        *_left(officer),
        *_rights(officer),
        *_handovers(officer),
        *_changes(officer),
        *_calls(officer),
        *_partners(officer),
        *_pages(officer),
    ]
    return Day([*tiles[:2], _mails(), _incoming(), *_held(), *tiles[2:], *below], groups_with_places())


def groups_with_places() -> "QuerySet[Intake]":
    """Groups to come that have a number of places and some of them free, each with how many wait for its programme."""
    waits = Q(programme__interests__state=Interest.State.WAITING_LIST)
    is_open = ~Q(programme__interests__enquiry__state=Enquiry.State.CLOSED)
    waiting = Count("programme__interests", filter=waits & is_open)
    free = Intake.objects.to_come().filter(places_taken__lt=F("capacity")).select_related("programme")
    return free.annotate(waiting=waiting).order_by("starts_on", "programme__title", "pk")


class CountOf(Subquery):
    """How many rows a query finds, as a column beside other rows."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def _counted(found: "QuerySet[Any]") -> list[Any]:
    """The first few, each knowing how many there are in all."""
    return list(found.annotate(counted=CountOf(found.order_by().values("pk")))[:FIRST])


def _count(shown: list[Any]) -> int:
    return shown[0].counted if shown else 0


def _mails() -> Tile:
    """What the list of mails shows by itself: failed, uncertain, delayed."""
    shown = _counted(queries.listed_mails().filter(queries.needs_somebody()).order_by("pk"))
    address = reverse("admin:enquiries_outgoingmail_changelist")
    return Tile("mail", "Mail that failed, is uncertain or delayed", address, _count(shown), mails=shown)


def _incoming() -> Tile:
    """Mail of the inbox that a person has to look at. The longest waiting first."""
    shown = _counted(IncomingMail.objects.to_sort().listed())
    address = reverse("admin:enquiries_incomingmail_changelist")
    return Tile("incoming", "Mail to sort", address, _count(shown), incoming=shown)


def _held() -> list[Tile]:
    """One line, however many came: not each of a wave is an officer's work (MI17). No tile for none."""
    count = IncomingMail.objects.filter(state=IncomingMail.State.HELD).count()
    address = f"{reverse('admin:enquiries_incomingmail_changelist')}?state=held"
    return [Tile("held", "Mail held because many came at once", address, count)] if count else []


def _handovers(officer: User) -> list[Tile]:
    """Who asks to take over an organisation, for whoever may say yes or no. The longest waiting first."""
    if not officer.has_perm("providers.change_handover"):
        return []
    shown = _counted(Handover.objects.waiting().select_related("provider").order_by("proved_at", "pk"))
    address = f"{reverse('admin:providers_handover_changelist')}?standing=waiting"
    return [Tile("handover", "Handovers to decide", address, _count(shown), handovers=shown)]


def _rights(officer: User) -> list[Tile]:
    """What people ask about their information, by law within a month. What is due first on top; no tile for none."""
    if not officer.has_perm("enquiries.change_rightsrequest"):
        return []
    shown = _counted(RightsRequest.objects.open().by_urgency())
    tile = Tile("rights", "Requests about information", reverse("information-requests"), _count(shown), rights=shown)
    return [tile] if shown else []


def _calls(officer: User) -> list[Tile]:
    """Listings of which nobody has said for long that they are still correct. The longest unanswered first."""
    if not officer.has_perm("programmes.add_listingcheck"):
        return []
    shown = _counted(Programme.objects.to_call_about())
    address = reverse("admin:programmes_programme_calls")
    return [Tile("calls", "Listings to call about", address, _count(shown), listings=shown)]


def _left(officer: User) -> list[Tile]:
    """What is still with a partner whose agreement has ended, for whoever works on enquiries; only if there is any."""
    if not officer.has_perm("enquiries.change_enquiry"):
        return []
    left = Interest.objects.left_with_ended_partners().select_related("enquiry", "referred_to")
    shown = _counted(left.order_by("referred_at", "pk"))
    tile = Tile("left", "Referrals whose partner has left", reverse("admin:enquiries_ended"), _count(shown), left=shown)
    return [tile] if shown else []


def _partners(officer: User) -> list[Tile]:
    """Who asks to act for a partner, and whose agreement ends before long, for whoever decides about partners."""
    if not officer.has_perm("programmes.change_partner"):
        return []
    asked = _counted(PartnerRequest.objects.waiting().select_related("partner").order_by("asked_at", "pk"))
    ending = _counted(Partner.objects.agreement_ending().order_by("agreement_ends_on", "pk"))
    silent = _counted(AgreementEnd.objects.unsettled().select_related("partner"))
    requests = f"{reverse('admin:programmes_partnerrequest_changelist')}?standing=waiting"
    partners = f"{reverse('admin:programmes_partner_changelist')}?agreement=ending"
    unsaid = f"{reverse('admin:programmes_partner_changelist')}?agreement=unsaid"
    return [
        Tile("request", "Requests to act for a partner", requests, _count(asked), requests=asked),
        Tile("agreement", "Partners’ agreements that end soon", partners, _count(ending), partners=ending),
        *([Tile("data", "Partners to say what became of data", unsaid, _count(silent), ends=silent)] if silent else []),
    ]


def _pages(officer: User) -> list[Tile]:
    """Pages about the sector that somebody has to look through again. The longest due first."""
    if not officer.has_perm("programmes.change_page"):
        return []
    shown = _counted(Page.objects.due().order_by("review_due_on", "pk"))
    address = f"{reverse('admin:programmes_page_changelist')}?review=due"
    return [Tile("pages", "Pages to review", address, _count(shown), pages=shown)]


def _changes(officer: User) -> list[Tile]:
    """What partners propose, for whoever decides about it. The earliest promise first."""
    if not officer.has_perm("programmes.change_listingchange"):
        return []
    shown = _counted(ListingChange.objects.to_review().select_related("programme", "partner"))
    address = f"{reverse('admin:programmes_listingchange_changelist')}?standing=waiting"
    return [Tile("changes", "Partner changes to review", address, _count(shown), changes=shown)]
