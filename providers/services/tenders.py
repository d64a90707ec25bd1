"""The import of tenders: a file is taken whole or not at all, and what is older never undoes what is newer."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from careportal.kit.cleaning import made_storable
from providers.exceptions import FileRefused
from providers.models import Tender, TenderImport
from providers.tenders.fitting import fits
from providers.tenders.notices import Notice

AT_ONCE = 500
Process = tuple[str, str]
OVER = {Tender.State.CANCELLED, Tender.State.CLOSED, Tender.State.ELSEWHERE}


@transaction.atomic
def import_tenders(notices: list[Notice], *, source: str, content: bytes, apply: bool = False) -> TenderImport:
    """Follow every notice. Without `apply` all is tried and taken back. Raises FileRefused; then nothing changes."""
    made = TenderImport(
        source=made_storable(source)[:300],
        sha256=hashlib.sha256(content).hexdigest(),
        notices=len(notices),
        fitting=sum(map(fits, notices)),
        odd=dict(Counter(what for notice in notices if fits(notice) for what in notice.odd)),
    )
    try:
        with transaction.atomic():
            _store(_by_process(notices), made)
    except IntegrityError as error:
        raise FileRefused("Another file was imported at the same time. Start again.") from error
    made.save()
    transaction.set_rollback(not apply)
    return made


def _by_process(notices: Iterable[Notice]) -> dict[Process, list[Notice]]:
    """The notices of each process of each buyer, oldest first."""
    found: dict[Process, list[Notice]] = defaultdict(list)
    for notice in sorted(notices, key=lambda one: one.age):
        found[notice.process].append(notice)
    return found


def _store(processes: dict[Process, list[Notice]], made: TenderImport) -> None:
    known = _known(processes)
    followed = {process: _followed(known.get(process), notices) for process, notices in processes.items()}
    new = [tender for process, tender in followed.items() if tender and process not in known]
    changed = [tender for process, tender in followed.items() if tender and process in known]
    made.added, made.changed = len(new), len(changed)
    made.over = sum(tender.state in OVER for tender in changed)
    Tender.objects.bulk_create(new, batch_size=AT_ONCE)
    Tender.objects.bulk_update(changed, Tender.FOLLOWED, batch_size=AT_ONCE)


def _known(processes: Iterable[Process]) -> dict[Process, Tender]:
    """What is stored of these, locked."""
    numbers = sorted({ocid for ocid, _ in processes})
    batches = (numbers[first : first + AT_ONCE] for first in range(0, len(numbers), AT_ONCE))
    rows = (row for some in batches for row in Tender.objects.select_for_update().filter(ocid__in=some).order_by("pk"))
    return {(row.ocid, row.buyer_key): row for row in rows}


def _followed(tender: Tender | None, notices: list[Notice]) -> Tender | None:
    """The tender after these notices, or None where they change nothing. What never fitted is not kept."""
    has_changed = False
    for notice in notices:
        if tender is None and _is_kept(notice):
            tender = Tender(ocid=notice.ocid, buyer_key=notice.process[1], title=notice.ocid)
        elif tender is None or notice.age <= (tender.released_at, tender.release_id):
            continue
        _follow(tender, notice)
        has_changed = True
    return tender if has_changed else None


def _is_kept(notice: Notice) -> bool:
    """Of a process that is over, and does not say of what it was, the end is kept: a tender may come after it."""
    return fits(notice) or (notice.is_over and not notice.cpv_codes)


def _follow(tender: Tender, notice: Notice) -> None:
    """A notice that ends a process may be short: what it does not say stays as it was."""
    facts = notice.facts()
    if notice.is_over:
        facts = {name: value for name, value in facts.items() if value not in ("", None)}
    elif not fits(notice):
        facts["state"] = Tender.State.ELSEWHERE
    for name, value in facts.items():
        setattr(tender, name, value)
