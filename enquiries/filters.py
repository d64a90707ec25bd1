"""What narrows enquiries down, wherever a list of them is shown. Values were checked by whoever asks."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from careportal.accounts.models import User
from enquiries import queries
from enquiries.models import Enquiry, Interest, OutgoingMail
from enquiries.models.enquiry import EnquiryQuerySet

Wanted = Mapping[str, Any]

# The only orders there are, by the word that stands for them in an address.
ORDERS: dict[str, tuple[Any, ...]] = {
    "": ("-undelivered", "state_rank", "-received_at", "-pk"),
    "due": (F("next_due_on").asc(nulls_last=True), "pk"),
    "waiting": ("received_at", "pk"),
    "received": ("-received_at", "-pk"),
    "call": ("call_until", "-undelivered", "state_rank", "-received_at", "-pk"),
}


def choose(wanted: Wanted, *, officer: User, words: str = "") -> EnquiryQuerySet:
    """The enquiries of a list, in its order. Open ones, unless states are named; a search looks at closed ones too.

    What is due comes in the order in which it is due. In the order of calls are those that can be called now.
    """
    found = Enquiry.objects.matching(words) if words else Enquiry.objects.all()
    states = wanted.get("state") or []
    if "callable" in (wanted.get("only") or []) or wanted.get("sort") == "call":
        found = found.callable_at(timezone.now())
    elif Enquiry.State.CLOSED not in states and (states or not words):
        found = found.open()
    if states:
        found = found.filter(state__in=states)
    if wanted.get("programme"):
        found = _asking_for(found, int(wanted["programme"]))
    found = found.filter(_owned(wanted, officer), _due(wanted), _asked_for(wanted), _came(wanted))
    found = found.answered() if "answered" in (wanted.get("only") or []) else found
    found = found.incomplete() if "incomplete" in (wanted.get("only") or []) else found
    found = found.register_changed() if "register" in (wanted.get("only") or []) else found
    return found.order_by(*ORDERS[wanted.get("sort") or ("due" if wanted.get("due") else "")])


def _owned(wanted: Wanted, officer: User) -> Q:
    owner = wanted.get("owner")
    if owner == "nobody":
        return Q(owner=None)
    return Q(owner=officer.pk if owner == "me" else int(owner)) if owner else Q()


def _due(wanted: Wanted) -> Q:
    today = timezone.localdate()
    sunday = today + dt.timedelta(days=6 - today.weekday())
    return {
        "overdue": Q(next_due_on__lt=today),
        "today": Q(next_due_on=today),
        "week": Q(next_due_on__range=(today, sunday)),
    }.get(wanted.get("due") or "", Q())


def _asking_for(enquiries: EnquiryQuerySet, programme: int) -> EnquiryQuerySet:
    """Looked up for one enquiry after the other, until a page is full: a programme has interests without number.

    Written as a value and not as EXISTS, which PostgreSQL turns into a join that reads all of them first.
    """
    asked = Interest.objects.filter(enquiry=OuterRef("pk"), programme=programme).order_by().values("programme")[:1]
    return enquiries.alias(asked=Subquery(asked)).filter(asked__isnull=False)


def _asked_for(wanted: Wanted) -> Q:
    """With a programme, what else is said of programmes is said of this one: its waiting list, its partner."""
    only, state = wanted.get("only") or [], Interest.State
    asked = {"programme": int(wanted["programme"])} if wanted.get("programme") else {}
    facts: list[dict[str, Any]] = []
    if wanted.get("partner"):
        facts.append({"referred_to": int(wanted["partner"]), "state": state.REFERRED})
    if "waiting_list" in only:
        facts.append({"state": state.WAITING_LIST})
    if "offer_ends" in only:
        facts.append({"answer_by__lte": timezone.localdate()})
    if "unacknowledged" in only:
        late = {"acknowledge_by_on__lt": timezone.localdate()}
        facts.append({"state": state.REFERRED, "acknowledged_at": None, **late})
    if "given_back" in only:
        facts.append({"given_back_by__isnull": False})
    found = Q()
    for fact in facts:
        found &= _has(**asked, **fact)
    return found


def _came(wanted: Wanted) -> Q:
    """How it came in, and whether a mail about it did not arrive."""
    found = Q(channel=wanted["channel"]) if wanted.get("channel") else Q()
    if "trouble" in (wanted.get("only") or []):
        found &= Q(pk__in=OutgoingMail.objects.filter(state__in=queries.UNSETTLED).values("enquiry"))
    return found


def _has(**facts: Any) -> Q:
    """One of its programmes is like this."""
    return Q(Exists(Interest.objects.filter(enquiry=OuterRef("pk"), **facts)))
