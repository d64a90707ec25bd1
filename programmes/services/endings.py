"""The end of a partner's agreement: letters before it, and after it the question what became of applicants' data."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from careportal.accounts import access
from programmes import letters_endings as letters
from programmes.exceptions import AdministratorsOnly, ChangedMeanwhile
from programmes.models import AgreementEnd, Partner
from programmes.models.ending import DAYS_BEFORE

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "programmes.partner"
ASKED_EVERY = dt.timedelta(days=14)
AT_A_TIME = 100


def look_after_agreements() -> int:
    """Write what is due, each once however often this is done. Returns how many partners were written about."""
    today = timezone.localdate()
    soon = Partner.objects.filter(agreement_ends_on__range=(today, today + dt.timedelta(days=max(DAYS_BEFORE))))
    over = Partner.objects.agreement_over(today).filter(agreement_ends_on__gte=_asked_since(today))
    told = sum(_tell(number) for number in soon.values_list("pk", flat=True))
    return told + sum(_ask(number) for number in _to_ask(over, today))


def _asked_since(today: dt.date) -> dt.date:
    """Whose agreement ended before this day is asked no more: its people cannot open the page."""
    return today - dt.timedelta(days=settings.PARTNER_FIGURES_DAYS)


def _to_ask(over: "models.QuerySet[Partner]", today: dt.date) -> list[int]:
    """Whoever has no row for its last day has not been asked yet."""
    known = AgreementEnd.objects.past(today)
    rest = known.exclude(pk__in=AgreementEnd.objects.to_ask(today)).values("partner")
    return list(over.exclude(pk__in=rest).values_list("pk", flat=True)[:AT_A_TIME])


@transaction.atomic
def _tell(partner_id: int) -> bool:
    """A month before the end, and a week before it: to the partner and to the council."""
    end = _end_of(partner_id)
    due = end.due_before(timezone.localdate()) if end else None
    if end is None or due is None:
        return False
    end.told_before = due
    end.save(update_fields=["told_before"])
    for letter in letters.ends_soon(end):
        letter.send()
    return True


@transaction.atomic
def _ask(partner_id: int) -> bool:
    """After the end: what became of the data? And twice more, while nobody says. Where nobody is there to be asked,
    nothing counts as asked."""
    end, today = _end_of(partner_id), timezone.localdate()
    if end is None or not AgreementEnd.objects.to_ask(today).filter(pk=end.pk).exists():
        return False
    found = list(letters.data_asked(end))
    if not found:
        return False
    end.ask(again_on=today + ASKED_EVERY)
    end.save(update_fields=["asked_times", "ask_on"])
    for letter in found:
        letter.send()
    return True


@transaction.atomic
def say_what_became_of_data(
    *, partner_id: int, by: "User", answer: str, because: str = "", kept_until: dt.date | None = None
) -> AgreementEnd:
    """An administrator of the partner says it, or an officer whom the partner told. It is kept with who and when."""
    end = _end_of(partner_id)
    if end is None or not end.partner.agreement_is_over:
        raise ChangedMeanwhile("The agreement with this partner runs. Nothing was changed.")
    if not _may_say(end.partner, by):
        raise AdministratorsOnly
    end.say(answer, by=by, because=because, kept_until=kept_until)
    end.save()
    access.note_changed(by, ABOUT, [partner_id], what="data", answer=answer)
    return end


@transaction.atomic
def correct_answer(
    *,
    partner_id: int,
    officer: "User",
    answer: str,
    why: str,
    shown: str,
    because: str = "",
    kept_until: dt.date | None = None,
) -> AgreementEnd:
    """An officer corrects what was said. Both stay, with who, when and why. `shown`: which answer was looked at."""
    end = _end_of(partner_id)
    if end is None or not end.partner.agreement_is_over:
        raise ChangedMeanwhile("The agreement with this partner runs. Nothing was changed.")
    if not officer.has_perm("programmes.change_partner"):
        raise AdministratorsOnly
    if shown != end.mark:
        raise ChangedMeanwhile("Another answer was written down meanwhile. Nothing was changed.")
    before = end.correct(answer, why=why, by=officer, because=because, kept_until=kept_until)
    end.save()
    before.save()
    access.note_changed(officer, ABOUT, [partner_id], what="data corrected", before=before.answer, answer=answer)
    return end


@transaction.atomic
def count_as_written() -> None:
    """After a restore what is due now may have been written already: it counts as such, and is asked later."""
    today = timezone.localdate()
    told_of = Partner.objects.filter(agreement_ends_on__gte=_asked_since(today))
    for partner in told_of.values_list("pk", flat=True):
        _end_of(partner)
    for end in AgreementEnd.objects.filter(ends_on__gte=today):
        end.told_before = end.due_before(today) or end.told_before
        end.save(update_fields=["told_before"])
    AgreementEnd.objects.to_ask(today).update(ask_on=today + ASKED_EVERY)


def _may_say(partner: Partner, by: "User") -> bool:
    people = partner.memberships.of(by).reading().administrators()
    return by.has_perm("programmes.change_partner") or people.exists()


def _end_of(partner_id: int) -> AgreementEnd | None:
    """The row of the day on which this partner's agreement ends, with the partner's row locked."""
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner_id)
    if partner.agreement_ends_on is None:
        return None
    end, _ = AgreementEnd.objects.get_or_create(partner=partner, ends_on=partner.agreement_ends_on)
    end.partner = partner
    return end
