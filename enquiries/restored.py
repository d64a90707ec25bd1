"""After a restore nothing goes out that may have gone out already: people decide, or the inbox shows it."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from careportal.kit.signals import restored
from enquiries.models import Enquiry, Interest, MailAttempt, OutgoingMail
from enquiries.services import alerts, claims, outcomes, starts
from programmes.models import Intake
from programmes.services.intakes import count_as_told

WORDS = "Restored from a backup: it may have been sent already."

State, Kind, Outcome = OutgoingMail.State, OutgoingMail.Kind, MailAttempt.Outcome
DUE_BY_LAW = [Kind.RIGHTS_RECEIVED, Kind.RIGHTS]


@receiver(restored)
def hold_back_waiting_mail(**_: Any) -> None:
    """What was waiting or under way becomes uncertain. What is about no enquiry is out of date: it is cancelled.

    But for the answers to what people asked about their information: they are due by law, and an officer looks.
    """
    now = timezone.now()
    waiting = OutgoingMail.objects.filter(state__in=[State.QUEUED, State.SENDING])
    numbers, enquiries = list(waiting.values_list("pk", flat=True)), list(waiting.values_list("enquiry", flat=True))
    MailAttempt.objects.filter(outcome=Outcome.RUNNING).update(outcome=Outcome.UNCERTAIN, ended_at=now, answer=WORDS)
    MailAttempt.objects.bulk_create(
        [MailAttempt(mail_id=pk, outcome=Outcome.UNCERTAIN, ended_at=now, answer=WORDS) for pk in numbers]
    )
    held = {"claim": None, "lease_until": None, "next_attempt_at": now, "last_answer": WORDS}
    waiting.filter(kind=Kind.ACCOUNT).update(text="", raw=b"")
    waiting.filter(enquiry=None).exclude(kind__in=DUE_BY_LAW).update(state=State.CANCELLED, **held)
    waiting.update(state=State.UNCERTAIN, **held)
    Enquiry.objects.filter(pk__in=set(enquiries) - {None}).note_delivery(OutgoingMail.objects.undelivered())


@receiver(restored)
def leave_places_to_officers(**_: Any) -> None:
    """Offers may have been made and answered since the backup: none runs out, and none is made, by itself.

    Officers switch it on again, group by group, when they have looked.
    """
    offered = Interest.objects.filter(state=Interest.State.OFFERED)
    in_line = offered | Interest.objects.filter(state=Interest.State.WAITING_LIST)
    Intake.objects.filter(programme__in=in_line.order_by().values("programme")).update(offers_by_itself=False)
    offered.update(answer_by=None, remind_on=None)


@receiver(restored)
def tell_no_news_again(**_: Any) -> None:
    """What is there now may have been told since the backup."""
    alerts.know_what_there_is()


@receiver(restored)
def write_nothing_twice_about_programmes(**_: Any) -> None:
    """What is due now about beginnings, outcomes and funding may have been written since the backup: it counts as done,
    and nobody is reminded to answer."""
    starts.count_as_told()
    outcomes.count_as_asked()
    claims.count_as_told()
    count_as_told()
