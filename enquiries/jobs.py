"""Jobs that come again and again. When each was last done stands in the database, not in the schedule's memory.

So a restart forgets none, a second schedule does none twice, a wrong clock puts none off for days, and no job
overlaps itself. Whoever looks first, the worker or the sweeper, does what is due.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from celery import signature
from django.conf import settings
from django.db.models import Q, QuerySet

from careportal.kit import chain, clock, hints
from enquiries.models import Pulse
from enquiries.services import (
    alerts,
    arrivals,
    claims,
    copies,
    exports,
    feedback,
    intake_news,
    leavers,
    listings,
    missing_details,
    notices,
    outcomes,
    places,
    questions,
    reminding,
    starts,
    upkeep,
)

logger = logging.getLogger(__name__)

BUSY_SECONDS = 60
CLOCK_TOLERANCE_SECONDS = 60


@dataclass(frozen=True)
class Job:
    """A job, how often it comes in seconds, and what it does. Where it says True, there is more to do at once."""

    part: Pulse.Part
    seconds: float
    run: Callable[[], object]


def all_jobs() -> list[Job]:
    return [
        Job(Pulse.Part.MAILBOX, settings.MAILBOX_SECONDS, arrivals.look_into_inbox),
        Job(Pulse.Part.INCOMING, 3600, copies.look_after_copies),
        Job(Pulse.Part.NOTICE, 600, notices.tell_of_failures),
        Job(Pulse.Part.QUESTIONS, 900, questions.look_after),
        Job(Pulse.Part.DETAILS, 900, missing_details.look_after_missing_details),
        Job(Pulse.Part.PLACES, 60, places.look_after_places),
        Job(Pulse.Part.INTAKES, 60, intake_news.look_after_intakes),
        Job(Pulse.Part.ALERTS, 600, alerts.look_after_alerts),
        Job(Pulse.Part.STARTS, 900, starts.look_after_starts),
        Job(Pulse.Part.OUTCOMES, 900, outcomes.look_after_outcomes),
        Job(Pulse.Part.CLAIMS, 900, claims.look_after_claims),
        Job(Pulse.Part.REFERRALS, 900, reminding.look_after_referrals),
        Job(Pulse.Part.DRAFTS, 3600, upkeep.remove_expired_drafts),
        Job(Pulse.Part.CHECKS, 900, listings.look_after_listings),
        Job(Pulse.Part.AGREEMENTS, 3600, listings.look_after_endings),
        Job(Pulse.Part.LINKS, 900, listings.look_after_links),
        Job(Pulse.Part.LEAVERS, 600, leavers.return_forgotten_work),
        Job(Pulse.Part.TRAIL, 30, chain.seal_all),
        Job(Pulse.Part.EXPORTS, 60, exports.look_after_exports),
        Job(Pulse.Part.FEEDBACK, 7 * 86_400, feedback.tell_team),
    ]


def run_due() -> None:
    """Do every job whose time has come and that nobody else is at. One that fails stops no other."""
    for job in all_jobs():
        if not _claim(job):
            continue
        try:
            is_unfinished = job.run() is True
        except Exception as error:  # whatever it is: the next round tries again, and lateness is shown
            logger.error("job.failed part=%s reason=%s", job.part, type(error).__name__)
            Pulse.objects.filter(part=job.part).update(busy_until=None)
        else:
            waited = -job.seconds if is_unfinished else 0
            Pulse.objects.filter(part=job.part).update(busy_until=None, seen_at=clock.after(waited))
            if is_unfinished:
                _go_on()


def _go_on() -> None:
    """Hint that there is more to do. It may be lost: the schedule comes round."""
    hints.publish(signature("enquiries.tasks.run_due_jobs"))


def late() -> list[str]:
    """Jobs that were not done for two of their periods and a little, nor in five looks at what is due (AV15).

    None while nothing has ever run.
    """
    started = Pulse.objects.filter(part=Pulse.Part.SCHEDULE).exists()
    names = []
    for job in all_jobs():
        lately = clock.after(-max(2 * job.seconds + CLOCK_TOLERANCE_SECONDS, 5 * settings.JOBS_SECONDS))
        if started and not Pulse.objects.filter(part=job.part, seen_at__gt=lately).exists():
            names.append(str(job.part.label))
    return names


def _claim(job: Job) -> bool:
    """By compare-and-swap, so that one of many gets it."""
    Pulse.objects.get_or_create(part=job.part)
    return bool(_due(job).update(busy_until=clock.after(BUSY_SECONDS)))


def _due(job: Job) -> "QuerySet[Pulse]":
    """The job's row, if it is due and free. A moment that lies ahead was written while a clock was wrong."""
    ahead = clock.after(CLOCK_TOLERANCE_SECONDS)
    due = Q(seen_at=None) | Q(seen_at__lte=clock.after(-job.seconds)) | Q(seen_at__gt=ahead)
    too_far = clock.after(BUSY_SECONDS + CLOCK_TOLERANCE_SECONDS)
    free = Q(busy_until=None) | Q(busy_until__lt=clock.now()) | Q(busy_until__gt=too_far)
    return Pulse.objects.filter(due, free, part=job.part)
