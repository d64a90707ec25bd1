"""What the facts about this installation mean: one line each, in plain words, with what to do.

The same lines make the status page, `manage.py status`, and the answer of /health/ready.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat, pluralize
from django.utils import timezone
from django.utils.timesince import timesince

from careportal.facts import is_usable
from enquiries.models import Pulse

SCHEDULE_LATE_SECONDS = 180.0
SWEEP_LATE_SECONDS = 60.0
WORKER_LATE_SECONDS = 60.0
STARTING_SECONDS = 60.0
BACKUP_LATE = dt.timedelta(hours=26)
HOLIDAYS_END_SOON = dt.timedelta(days=365)
DISK_LOW_SHARE, DISK_LOW_BYTES, DISK_FULL_BYTES = 0.10, 1_000_000_000, 200_000_000

MAIL = ("Mail", "admin:enquiries_outgoingmail_changelist")
LETTERS = ("Letters", "admin:enquiries_wording_changelist")
TELL = "Tell whoever runs this portal"

Facts = dict[str, Any]


class State(StrEnum):
    WORKING = "Working"
    LOOK = "Look at this"
    BROKEN = "Not working"
    ABSENT = "Not set up"


@dataclass(frozen=True)
class Line:
    """One thing that should work. `code` names its trouble for programs and is empty when there is none."""

    what: str
    says: str
    at: dt.datetime | None = None
    state: State = State.WORKING
    code: str = ""
    to_do: str = ""
    page: tuple[str, str] | None = None


def trouble(known: Facts) -> str:
    """Why work does not move, or nothing. A single failed mail is no reason: it is shown, and waits for an officer."""
    found = stopped(known)
    return found.code if found else ""


def stopped(known: Facts) -> Line | None:
    """The first thing without which work does not move (AV15)."""
    return next((line for line in _lines(MOVING, known) if line.state == State.BROKEN), None)


def warnings(known: Facts) -> list[str]:
    """Codes of all that somebody should look at, but for what /health/ready names already."""
    return [line.code for line in lines(known) if line.code and line.code != trouble(known)]


def lines(known: Facts) -> list[Line]:
    return list(_lines(MOVING + OTHERS, known))


def _lines(checks: Sequence[Callable[[Facts], Line]], known: Facts) -> Iterator[Line]:
    return (check(known) for check in checks if _can_be_told(check, known))


def _can_be_told(check: Callable[[Facts], Line], known: Facts) -> bool:
    """Without a database that is up to date, only what needs none; its version, only where it could be read."""
    if check is _migrations:
        return known["migrations_missing"] is not None
    return is_usable(known) or check in NEEDS_NO_DATABASE


# --- Without these, work does not move -----------------------------------------------------------------------------


def _database(known: Facts) -> Line:
    if known["database"] != "reachable":
        says, to_do = "The database cannot be reached.", "Check DATABASE_URL and that the database runs."
        return Line("Database", says, state=State.BROKEN, code="database", to_do=to_do)
    return Line("Database", f"{known['database_kind']} answers.")


def _migrations(known: Facts) -> Line:
    if known["migrations_missing"]:
        says, to_do = "Migrations are missing: it is older than the program.", "Run manage.py set_up."
        return Line("Version of the database", says, state=State.BROKEN, code="migrations", to_do=to_do)
    return Line("Version of the database", "It fits the program.")


def _assets(known: Facts) -> Line:
    if not known["assets_built"]:
        says, to_do = "They are not built, so no page can be shown.", "Run manage.py build_assets, and start web again."
        return Line("Styles and scripts", says, state=State.BROKEN, code="assets are not built", to_do=to_do)
    return Line("Styles and scripts", "They are built.")


def _mail(known: Facts) -> Line:
    """One recipient whose mail server takes nothing is no alarm: anybody could raise it (AV15)."""
    what, waits, stuck = "Mail on its way", known["oldest_due_seconds"], known["oldest_stuck_seconds"]
    if stuck is not None:
        to_do = "Mail is delayed. See what the mail server said."
        says = f"The oldest unsent mail has waited {_period(stuck)}."
        return Line(what, says, None, State.BROKEN, "mail is delayed", to_do, MAIL)
    if waits is None:
        return Line(what, "No mail is waiting.")
    if waits <= settings.MAIL_DELAYED_SECONDS:
        return Line(what, f"The oldest unsent mail has waited {_period(waits)}.")
    says = f"A letter to one person has waited {_period(waits)}. The portal goes on trying."
    to_do = "See what the mail server said. You can send the letter to another address."
    return Line(what, says, None, State.LOOK, "a letter is delayed", to_do, MAIL)


def _sweep(known: Facts) -> Line:
    what, at = "Looking for mail to send", _moment(known["last_sweep_at"])
    allowed = max(SWEEP_LATE_SECONDS, 5 * settings.SWEEP_SECONDS)
    if not _is_late(at, allowed):
        return Line(what, f"Done every {settings.SWEEP_SECONDS:g} seconds.", at)
    return _late(what, at, known, "sweep is late", f"{TELL}: check that worker and schedule run.")


def _schedule(known: Facts) -> Line:
    what, at = "Schedule", _moment(known["schedule_seen_at"])
    if not _is_late(at, max(SCHEDULE_LATE_SECONDS, 5 * settings.JOBS_SECONDS)):
        return Line(what, "It runs.", at)
    return _late(what, at, known, "schedule is not seen", f"{TELL}: check that the schedule runs.")


def _jobs(known: Facts) -> Line:
    what, late = "Jobs that come again and again", known["jobs_late"]
    if not late:
        return Line(what, "None is late.")
    if _is_new(known):
        return Line(what, "They are starting.")
    to_do = f"{TELL}: the log says why."
    return Line(what, f"Late: {', '.join(late).lower()}.", None, State.BROKEN, "a job is late", to_do)


def _disk(known: Facts) -> Line:
    free, size = known["disk_free_bytes"], known["disk_bytes"]
    says = f"{filesizeformat(free)} of {filesizeformat(size)} are free."
    if free < DISK_FULL_BYTES:
        to_do = f"{TELL}: without room nothing can be stored."
        return Line("Disk", says, None, State.BROKEN, "disk is full", to_do)
    if free < DISK_LOW_BYTES or free < DISK_LOW_SHARE * size:
        return Line("Disk", says, None, State.LOOK, "disk is nearly full", f"{TELL}: make room soon.")
    return Line("Disk", says)


# --- These need somebody, but applications and mail go on ----------------------------------------------------------


def _failed(known: Facts) -> Line:
    if not (count := known["failed"]):
        return Line("Mail that failed", "None.")
    says = f"{count} mail{pluralize(count)} could not be delivered."
    to_do = "Send it again, send it to another address, or say what became of it."
    return Line("Mail that failed", says, None, State.LOOK, "mail has failed", to_do, MAIL)


def _uncertain(known: Facts) -> Line:
    if not (count := known["uncertain"]):
        return Line("Mail that may have arrived", "None.")
    says = f"Nobody knows whether {count} mail{pluralize(count)} arrived."
    to_do = "Look in the inbox for the reference. Then press “It arrived” or “Send again”."
    return Line("Mail that may have arrived", says, None, State.LOOK, "mail is uncertain", to_do, MAIL)


def _worker(known: Facts) -> Line:
    at = _moment(known["worker_seen_at"])
    if not _is_late(at, max(WORKER_LATE_SECONDS, 5 * settings.SWEEP_SECONDS)):
        return Line("Worker", "It runs.", at)
    to_do = f"{TELL}: check that worker and broker run. Until then the schedule sends mail, more slowly."
    return _late("Worker", at, known, "worker is not seen", to_do, State.LOOK)


def _mailbox(known: Facts) -> Line:
    what, at = Pulse.Part.MAILBOX.label, _moment(known["mailbox_read_at"])
    if settings.NOTIFY_API_KEY and not settings.MAILBOX:
        return Line(what, "GOV.UK Notify is asked instead what became of a mail.", at)
    if settings.SMTP_HOST and not settings.MAILBOX:
        says = (
            "The portal cannot look into the inbox, so officers enter what comes by email and settle uncertain mail. "
            "MAILBOX_URL changes that."
        )
        return Line(what, says, state=State.ABSENT)
    if at is None or what in known["jobs_late"]:
        to_do = f"{TELL}: check MAILBOX_URL, and the log."
        return _late(what, at, known, "inbox is not read", to_do, State.LOOK)
    return Line(what, "To see who asks for support, what arrived and what came back.", at)


def _broker(known: Facts) -> Line:
    if known["broker"] in {"files", "Redis"}:
        says = "Redis answers." if known["broker"] == "Redis" else "Files on this machine. No server is needed."
        return Line("Messages to the worker", says)
    to_do = f"{TELL}: check REDIS_URL and that Redis runs. Nothing is lost; mail leaves more slowly."
    says = f"{known['broker'].partition(' (')[0]}."
    return Line("Messages to the worker", says, None, State.BROKEN, "broker does not answer", to_do)


def _wordings(known: Facts) -> Line:
    """MO19: what slipped through is not used, and somebody is told."""
    if not known["wordings_broken"]:
        return Line("Wording of letters", "It can be used.")
    says = "A wording cannot be filled in. Letters use the built-in one instead."
    to_do = "Open it and save it again: the page says what is wrong."
    return Line("Wording of letters", says, None, State.LOOK, "a wording cannot be used", to_do, LETTERS)


def _rights(known: Facts) -> Line:
    """SC8."""
    if not known["database_rights"]:
        return Line("Rights of the database’s user", "No more than the portal needs.")
    says = f"It may {', '.join(known['database_rights'])}: more than the portal needs."
    to_do = f"{TELL}: give the portal a user of its own that only owns its tables."
    return Line("Rights of the database’s user", says, None, State.LOOK, "database user may do too much", to_do)


def _backup(known: Facts) -> Line:
    at = _moment(known["last_backup_at"])
    to_do = f"{TELL}: manage.py back_up, every night."
    if at is None:
        return Line("Backup", "No backup has been made.", None, State.LOOK, "no backup", to_do)
    if timezone.now() - at > BACKUP_LATE:
        return Line("Backup", "The last backup is more than a day old.", at, State.LOOK, "backup is old", to_do)
    return Line("Backup", f"{known['last_backup_rows']} rows were kept.", at)


def _bank_holidays(known: Facts) -> Line:
    until = dt.date.fromisoformat(known["bank_holidays_until"])
    says = f"Known until {until.day} {until:%B %Y}."
    if until - timezone.localdate() >= HOLIDAYS_END_SOON:
        return Line("Bank holidays", says)
    to_do = f"{TELL}: a newer version of the portal brings more."
    return Line("Bank holidays", says, None, State.LOOK, "bank holidays end soon", to_do)


def _cqc(known: Facts) -> Line:
    return Line("CQC’s directory", "Not loaded yet.", state=State.ABSENT)


MOVING = [_database, _migrations, _assets, _mail, _sweep, _schedule, _jobs, _disk]
OTHERS = [_failed, _uncertain, _worker, _mailbox, _broker, _wordings, _rights, _backup, _bank_holidays, _cqc]
NEEDS_NO_DATABASE = [_database, _assets, _disk, _broker, _backup, _bank_holidays, _cqc]


# --- Time ----------------------------------------------------------------------------------------------------------


def _late(what: str, at: dt.datetime | None, known: Facts, code: str, to_do: str, state: State = State.BROKEN) -> Line:
    """A part that was not seen in time. One that never was may only be starting."""
    if at is None and _is_new(known):
        return Line(what, "It is starting.")
    return Line(what, "It has never been seen." if at is None else "Not seen lately.", at, state, code, to_do)


def _is_new(known: Facts) -> bool:
    """Installed or brought up to date within the last minute: what is new in it cannot have run yet."""
    return not _is_late(_moment(known["migrated_at"]), STARTING_SECONDS)


def _moment(iso: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(iso) if iso else None


def _is_late(at: dt.datetime | None, allowed_seconds: float) -> bool:
    return at is None or (timezone.now() - at).total_seconds() > allowed_seconds


def _period(seconds: float) -> str:
    """“3 hours”, in one unit."""
    now = timezone.now()
    return "less than a minute" if seconds < 60 else timesince(now - dt.timedelta(seconds=seconds), now, depth=1)
