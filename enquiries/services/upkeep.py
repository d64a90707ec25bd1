"""What the machinery does for itself."""

import datetime as dt

from django.utils import timezone

from careportal.kit import clock
from enquiries.models import (
    AddressChange,
    AddressCode,
    Draft,
    Enquiry,
    FollowCode,
    OutcomeFile,
    PartnerCode,
    Pulse,
    Try,
)
from enquiries.services import feedback
from programmes import services as programmes
from providers import services as providers


def note_pulse(part: Pulse.Part) -> None:
    """Record that a part of the machinery is alive."""
    Pulse.objects.update_or_create(part=part, defaults={"seen_at": clock.now()})


def remove_expired_drafts() -> int:
    """Forget drafts past their days, codes, and the marks that limits no longer need. Returns how many drafts."""
    Enquiry.objects.exclude(origin="").filter(received_at__lt=timezone.now() - dt.timedelta(hours=1)).update(origin="")
    AddressChange.objects.over().delete()
    AddressCode.objects.over().delete()
    FollowCode.objects.over().delete()
    PartnerCode.objects.over().delete()
    OutcomeFile.objects.over().delete()
    Try.objects.over().delete()
    feedback.forget_comments()
    providers.forget_what_is_over()
    programmes.forget_what_is_over()
    removed, _ = Draft.objects.expired().delete()
    return removed
