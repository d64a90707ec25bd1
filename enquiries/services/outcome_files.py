"""A partner's spreadsheet: every row is checked first, and then all rows are kept, the good ones, or none (EX7).

The check asks the same guards as each step does, on copies of the rows in memory: nothing is stored by it but what
it found, as numbers, codes and days. What is kept, is kept in one transaction.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date

from enquiries import sharing
from enquiries.exceptions import ChangedMeanwhile, NotYours, Refused, TransitionNotAllowed
from enquiries.models import Enquiry, Interest, OutcomeFile
from enquiries.models.referral import WhyDropped, WhyGivenBack
from enquiries.outcome_sheets import Line, day_in
from enquiries.services import partners
from enquiries.services.partners import Acting
from programmes.models import Intake

if TYPE_CHECKING:
    from django.db.models import QuerySet

Kept = dict[str, Any]
MOST_AT_ONCE = 300  # they are kept together, and others wait meanwhile: some five seconds
OUTCOMES = {
    "acknowledged": "Acknowledge it",
    "enrolled": "Enrol them",
    "attended": "Note a day attended",
    "completed": "Mark as completed",
    "dropped out": "Mark as dropped out",
    "given back": "Give it back",
}
WHY: dict[str, Any] = {"dropped out": WhyDropped, "given back": WhyGivenBack}


def check_file(*, acting: Acting, lines: Iterable[Line]) -> OutcomeFile:
    """Keep for an hour what each row would do, or why it cannot. Raises Refused where no row says an outcome."""
    assert acting.by
    found = list(lines)
    if not found:
        raise Refused("No row has anything in the column “Outcome”. Fill it in for those you have news of.")
    if len(found) > MOST_AT_ONCE:
        raise Refused(f"Fill in the outcome of at most {MOST_AT_ONCE} rows at a time, then send the others.")
    known = _known(acting, {line.reference.upper() for line in found})
    rows = [_understood(line, known) for line in found]
    OutcomeFile.objects.filter(by=acting.by).delete()
    return OutcomeFile.objects.create(by=acting.by, rows=_checked(acting, rows))


def check_again(*, file: OutcomeFile, acting: Acting) -> None:
    """Something changed since the rows were checked."""
    file.rows = _checked(acting, [row if row["interest"] is None else {**row, "error": ""} for row in file.rows])
    file.save(update_fields=["rows"])


@transaction.atomic
def keep_rows(*, file_id: uuid.UUID, acting: Acting, only_good: bool) -> int:
    """Take the step of every row, or of every good one where that was chosen. Returns how many.

    Raises Refused where a row is wrong, or has become wrong since it was checked: then nothing is kept at all.
    """
    assert acting.by
    file = OutcomeFile.objects.kept_for(acting.by).select_for_update(of=("self",)).filter(pk=file_id).first()
    if file is None:
        raise Refused("These rows are kept already, or no longer here. Look at your referrals, or send the file again.")
    good = [row for row in file.rows if not row["error"]]
    if len(good) < len(file.rows) and not only_good:
        raise Refused("Some rows are not right. Nothing was kept.")
    _lock_enquiries_of(good)
    for row in good:
        try:
            _STEPS[row["outcome"]](row)(interest_id=row["interest"], acting=acting)
        except Refused as refusal:
            raise ChangedMeanwhile("Something changed since the rows were checked. Nothing was kept.") from refusal
    file.delete()
    return len(good)


def _lock_enquiries_of(rows: list[Kept]) -> None:
    """All of them before any group, by number: two who take steps with the same ones never wait for each other."""
    about = Interest.objects.filter(pk__in=[row["interest"] for row in rows]).values("enquiry")
    locked = Enquiry.objects.select_for_update(of=("self",)).filter(pk__in=about).order_by("pk")
    list(locked.values_list("pk"))


def _understood(line: Line, known: dict[str, list[Interest]]) -> Kept:
    """The row as numbers, codes and days. Where it cannot be understood, why."""
    row: Kept = {"line": line.line, "interest": None, "outcome": "", "on": None, "reason": "", "intake": None}
    try:
        row["interest"] = _the_one(line, known).pk
        row["outcome"] = _outcome(line.outcome)
        row.update(_details(row["outcome"], line, row["interest"]))
    except Refused as refusal:
        return {**row, "interest": None, "error": str(refusal)}
    return {**row, "error": ""}


def _the_one(line: Line, known: dict[str, list[Interest]]) -> Interest:
    programme, site = line.programme.casefold(), line.site.casefold()
    named = [one for one in known.get(line.reference.upper(), []) if one.programme_title.casefold() == programme]
    fits = [one for one in named if not site or sharing.site_of(one).casefold() == site]
    if len(fits) > 1:
        raise TransitionNotAllowed("Several referrals fit this row. Fill in the site, or use the referral’s own page.")
    if not fits:
        raise NotYours
    return fits[0]


def _outcome(typed: str) -> str:
    outcome = typed.casefold().replace("-", " ").strip()
    if outcome not in OUTCOMES:
        words = ", ".join(name.capitalize() for name in OUTCOMES)
        raise TransitionNotAllowed(f"The outcome is not one that we know. Use one of: {words}.")
    return outcome


def _details(outcome: str, line: Line, interest_id: int) -> Kept:
    if outcome == "attended":
        on = day_in(line.date)
        if on is None:
            raise TransitionNotAllowed("Enter the day attended in the column “Date”, like 27/11/2026.")
        return {"on": on.isoformat()}
    if outcome in WHY:
        return {"reason": _reason(WHY[outcome], line.reason)}
    if outcome == "enrolled" and line.group:
        return {"intake": _group(line.group, interest_id)}
    return {}


def _reason(choices: Any, typed: str) -> str:
    """By its words or its code, however the apostrophe is typed. Another reason needs words: it has a page."""
    offered = [(value, str(label)) for value, label in choices.choices if value != "other"]
    known = {_plain(words): value for value, label in offered for words in (value, label)}
    if _plain(typed) not in known:
        words = "; ".join(label for _, label in offered)
        raise TransitionNotAllowed(f"Enter a reason in the column “Reason”, one of: {words}.")
    return known[_plain(typed)]


def _plain(text: str) -> str:
    return text.casefold().replace("’", "'")


def _group(typed: str, interest_id: int) -> int:
    groups = Intake.objects.filter(programme__interests=interest_id).to_come()
    found = [group for group in groups if typed.casefold() in {group.title.casefold(), str(group).casefold()}]
    if len(found) != 1:
        raise TransitionNotAllowed("This group is none of the programme’s groups to come. Check the column “Group”.")
    return found[0].pk


def _checked(acting: Acting, rows: list[Kept]) -> list[Kept]:
    """Each row with what refuses it, as if those before it had been kept."""
    numbers = [row["interest"] for row in rows if row["interest"]]
    interests = {one.pk: one for one in _mine(acting).filter(pk__in=numbers)}
    wanted = [row["intake"] for row in rows if row["intake"]]
    groups = {group.pk: group for group in Intake.objects.filter(pk__in=wanted)}
    return [{**row, "error": row["error"] or _refusal(row, interests, groups)} for row in rows]


def _refusal(row: Kept, interests: dict[int, Interest], groups: dict[int, Intake]) -> str:
    interest = interests.get(row["interest"])
    try:
        if interest is None or interest.referred_to_id is None:
            raise NotYours
        _try_out(row, interest, groups.get(row["intake"]))
    except Refused as refusal:
        return str(refusal)
    return ""


def _try_out(row: Kept, interest: Interest, group: Intake | None) -> None:
    outcome = row["outcome"]
    if outcome == "acknowledged":
        interest.acknowledge()
    elif outcome == "enrolled":
        interest.enrol_by_partner(interest.offered_intake or group)
    elif outcome == "attended":
        interest.refuse_unless_attended(_day(row))
    elif outcome == "completed":
        interest.complete_by_partner()
    elif outcome == "dropped out":
        interest.drop_out(because=row["reason"])
    else:
        interest.give_back(because=row["reason"])


def _day(row: Kept) -> dt.date:
    return parse_date(row["on"] or "") or timezone.localdate()


_STEPS: dict[str, Callable[[Kept], Callable[..., Any]]] = {
    "acknowledged": lambda row: partners.acknowledge,
    "enrolled": lambda row: lambda **by: partners.enrol_by_partner(**by, intake_id=row["intake"]),
    "attended": lambda row: lambda **by: partners.note_attendance(**by, on=_day(row)),
    "completed": lambda row: partners.complete_by_partner,
    "dropped out": lambda row: lambda **by: partners.drop_out(**by, because=row["reason"]),
    "given back": lambda row: lambda **by: partners.give_back(**by, because=row["reason"]),
}


def _known(acting: Acting, references: set[str]) -> dict[str, list[Interest]]:
    known: dict[str, list[Interest]] = defaultdict(list)
    for interest in _mine(acting).filter(enquiry__reference__in=references):
        known[interest.enquiry.reference].append(interest)
    return known


def _mine(acting: Acting) -> "QuerySet[Interest]":
    related = ("enquiry", "programme", "offered_intake", "referred_to")
    return Interest.objects.seen_by(acting.partners).select_related(*related)
