"""What must be true before a new programme is public. Each item says what is there, or what is missing."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from programmes.models import ListingChange, Programme, SharedField

# What is said by whoever publishes: nothing in the database shows that somebody has looked.
RULES, DATES = "rules", "dates"


@dataclass(frozen=True)
class Item:
    """One line of the checklist, with the page on which it is set."""

    name: str
    title: str
    is_met: bool
    said: str
    page: str = ""
    page_title: str = ""


def checklist(programme: Programme, said: set[str] = frozenset(), day: dt.date | None = None) -> list[Item]:  # type: ignore[assignment]
    """All but where applications go: that is known by the part of the portal above this one."""
    today = day or timezone.localdate()
    return [
        _texts(programme),
        _facts(programme),
        _sharing(programme),
        _promise(programme),
        _rules(programme, RULES in said),
        _dates(programme, DATES in said, today),
        _review(programme, today),
        *_agreements(programme, today),
    ]


def _own_page(programme: Programme) -> str:
    return reverse("admin:programmes_programme_change", args=[programme.pk])


def _texts(programme: Programme) -> Item:
    title = "What the partner wrote is approved"
    open_change = ListingChange.objects.open().filter(programme=programme).first()
    if open_change is None:
        return Item("texts", title, True, "Nothing waits, and nothing was returned.")
    waits = open_change.state == ListingChange.State.SUBMITTED
    said = "Something waits for the council." if waits else "The partner is still writing, or has something to change."
    page = reverse("admin:programmes_listingchange_change", args=[open_change.pk]) if open_change.submitted_at else ""
    return Item("texts", title, False, said, page, "What the partner proposes")


def _facts(programme: Programme) -> Item:
    wanted = {
        "title": programme.title,
        "summary": programme.summary,
        "what it is": programme.description,
        "who can get it": programme.who_for,
        "theme": programme.theme,
        "for whom": programme.audience,
        "how it is delivered": programme.delivery_mode,
        "hours and days": programme.time_needed,
        "cost": programme.cost_pounds is not None,
        "who pays for cover": programme.cover,
        "who runs it": programme.partners.exists(),
        "telephone number": programme.telephone,
    }
    missing = [name for name, value in wanted.items() if not value]
    said = f"Missing: {', '.join(missing)}." if missing else "Hours, cost, cover, contact and all the others."
    return Item("facts", "Every fact is there", not missing, said, _own_page(programme), "The programme")


def _sharing(programme: Programme) -> Item:
    shared = [str(SharedField(code).label).lower() for code in programme.shared_fields]
    said = f"Shared: {', '.join(shared) or 'nothing'}."
    if not programme.sharing_note:
        said = "Nobody has written why, and by what agreement. " + said
    page = _own_page(programme)
    return Item("sharing", "The sharing rule is written", bool(programme.sharing_note), said, page, "The programme")


def _promise(programme: Programme) -> Item:
    """A council may promise nothing: then it is enough to see that."""
    council = settings.COUNCIL.promise
    promised = {
        "a first reply": programme.first_reply_days or council.first_reply,
        "a decision": programme.decision_days or council.decision,
    }
    said = ", ".join(f"{what} within {days} working days" for what, days in promised.items() if days)
    page = _own_page(programme)
    return Item(
        "promise", "What providers are promised", True, f"Promised: {said or 'nothing'}.", page, "The programme"
    )


def _rules(programme: Programme, is_looked_at: bool) -> Item:
    number = programme.eligibility_rules.count()
    said = f"{number} rule{'' if number == 1 else 's'}." if number else "No rules: everybody can get it."
    page = reverse("admin:enquiries_rules", args=[programme.pk])
    return Item(RULES, "The rules on who can get it were looked at", is_looked_at, said, page, "The rules")


def _dates(programme: Programme, is_agreed: bool, day: dt.date) -> Item:
    coming = [intake for intake in programme.intakes.all() if intake.is_coming(day)]
    said = f"{len(coming)} to come." if coming else "No intake to come: the page will say “dates to be agreed”."
    return Item(
        DATES, "Dates, or “to be agreed”", bool(coming) or is_agreed, said, _own_page(programme), "The programme"
    )


def _review(programme: Programme, day: dt.date) -> Item:
    due = programme.review_due_on
    is_met = due is not None and due > day
    said = f"Due on {due.day} {due:%B %Y}." if due else "No day is set."
    return Item("review", "When it is reviewed next", is_met, said, _own_page(programme), "The programme")


def _agreements(programme: Programme, day: dt.date) -> list[Item]:
    """One line for each partner: without an agreement nobody of it may look after the listing."""
    return [
        Item(
            name=f"agreement-{partner.pk}",
            title=f"The agreement with {partner} runs",
            is_met=partner.agreement_ends_on is None or partner.agreement_ends_on >= day,
            said=_ends(partner.agreement_ends_on),
            page=reverse("admin:programmes_partner_change", args=[partner.pk]),
            page_title="The partner",
        )
        for partner in programme.partners.all()
    ]


def _ends(day: dt.date | None) -> str:
    return f"It ends on {day.day} {day:%B %Y}." if day else "No last day is set."
