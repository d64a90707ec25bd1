"""Alerts: asked for, confirmed, sent once for each thing, and stopped."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from enquiries import letters_alerts as letters
from enquiries import news
from enquiries.exceptions import TooMany
from enquiries.letters_alerts import DAYS_TO_CONFIRM
from enquiries.mail import addresses, post
from enquiries.models import Alert, AlertedOf, OutgoingMail
from enquiries.news import News
from enquiries.services.questions import OFFICE_OPENS
from programmes.models import Programme

HOUR = 3600
CONFIRMATIONS_A_DAY = 3
AT_A_TIME = 200

Kind, State = OutgoingMail.Kind, OutgoingMail.State


def ask_for_alerts(*, email: str, programme: Programme | None, origin: str) -> None:
    """Write to the address, which confirms or does nothing. Known and unknown addresses get the same answer.

    An address gets few of these letters a day, whoever types it how often. Raises TooMany for too many from a network.
    """
    since = timezone.now() - dt.timedelta(seconds=HOUR)
    if Alert.objects.from_origin_since(origin, since).count() >= settings.ALERTS_PER_HOUR:
        raise TooMany("Too many emails have been asked for from your network.", retry_after=HOUR)
    try:
        _ask(email, programme, origin)
    except IntegrityError:
        return  # the same was asked for at this moment, and has its letter


@transaction.atomic
def _ask(email: str, programme: Programme | None, origin: str) -> None:
    known = Alert.objects.of(email).filter(programme=programme).first()
    alert = known or _begin(email, programme, origin)
    yesterday = timezone.now() - dt.timedelta(days=1)
    lately = OutgoingMail.objects.filter(
        kind=Kind.CONFIRMATION, recipient_key=addresses.key(email), created_at__gt=yesterday
    )
    if lately.count() < CONFIRMATIONS_A_DAY:
        post.write(letters.confirmation(alert))


def _begin(email: str, programme: Programme | None, origin: str) -> Alert:
    """What is there already is no news."""
    agreed_to, version = letters.agreed_to(programme), settings.COUNCIL.privacy.version
    alert = Alert.objects.create(
        email=email, programme=programme, origin=origin, agreed_to=agreed_to, privacy_version=version
    )
    _note(alert, _for(alert, news.on(timezone.localdate())))
    return alert


@transaction.atomic
def confirm_alert(*, alert_id: int) -> Alert:
    """Raises Alert.DoesNotExist, and TransitionNotAllowed where it was stopped."""
    alert = Alert.objects.select_for_update(of=("self",)).get(pk=alert_id)
    alert.confirm()
    alert.save(update_fields=["confirmed_at"])
    return alert


@transaction.atomic
def stop_alert(*, alert_id: int) -> Alert:
    """The address is removed, and what waits to be sent to it is not sent any more."""
    alert = Alert.objects.select_for_update(of=("self",)).get(pk=alert_id)
    alert.stop()
    alert.save(update_fields=["email", "ended_at"])
    waiting = OutgoingMail.objects.filter(told__alert=alert, state=State.QUEUED).values("pk")
    OutgoingMail.objects.filter(pk__in=waiting, state=State.QUEUED).update(state=State.CANCELLED)
    return alert


def look_after_alerts() -> int:
    """Forget what nobody confirmed, and tell what is new, not in the night. Returns how many letters were written."""
    now = timezone.now()
    Alert.objects.forgotten(now - dt.timedelta(days=DAYS_TO_CONFIRM)).delete()
    Alert.objects.exclude(origin="").filter(asked_at__lt=now - dt.timedelta(seconds=HOUR)).update(origin="")
    if timezone.localtime(now).time() < OFFICE_OPENS:
        return 0
    there = news.on(timezone.localdate(now))
    return sum(_tell(alert_id, there) for alert_id in _to_be_told(there)[:AT_A_TIME])


def know_what_there_is() -> None:
    """Nothing that is there now is told any more: after a restore it may have been."""
    there = news.on(timezone.localdate())
    for alert in Alert.objects.alive().iterator():
        _note(alert, _unknown(alert, there))


def _to_be_told(there: list[News]) -> list[int]:
    """Alerts for which something is new. One query for each thing: there are few."""
    found: set[int] = set()
    for one in there:
        told = AlertedOf.objects.filter(programme=one.programme, intake=one.intake).values("alert")
        waiting = Alert.objects.confirmed().about(one.programme).exclude(pk__in=told)
        found |= set(waiting.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])
    return sorted(found)


@transaction.atomic
def _tell(alert_id: int, there: list[News]) -> bool:
    """One letter with all that is new. Whoever is told of everything is not told of one programme besides."""
    alert = Alert.objects.confirmed().select_for_update(of=("self",)).filter(pk=alert_id).first()
    fresh = _unknown(alert, there) if alert else []
    if alert is None or not fresh:
        return False  # stopped or told meanwhile
    told_anyway = alert.programme_id and Alert.objects.of(alert.email).confirmed().filter(programme=None).exists()
    mails = [] if told_anyway else post.write(letters.news(alert, fresh))
    _note(alert, fresh, *mails)
    return bool(mails)


def _for(alert: Alert, there: Iterable[News]) -> list[News]:
    return [one for one in there if alert.programme_id in {None, one.programme.pk}]


def _unknown(alert: Alert, there: Iterable[News]) -> list[News]:
    known = set(alert.told.values_list("programme", "intake"))
    return [one for one in _for(alert, there) if one.key not in known]


def _note(alert: Alert, told: Iterable[News], mail: OutgoingMail | None = None) -> None:
    AlertedOf.objects.bulk_create(
        AlertedOf(alert=alert, programme=one.programme, intake=one.intake, mail=mail) for one in told
    )
