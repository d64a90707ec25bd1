import datetime as dt
import json
import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from enquiries.models.enquiry import Enquiry


def expires_at() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=settings.DRAFT_DAYS)


class DraftQuerySet(models.QuerySet["Draft"]):
    def owned_by(self, owner: str) -> Self:
        """Drafts of one browser session. Without an owner there are none."""
        return self.filter(owner=owner, expires_at__gt=timezone.now()) if owner else self.none()

    def of(self, draft_id: uuid.UUID, owner: str) -> Self:
        """One draft of this browser, with `sent_as`: the reference of the enquiry it became, if it was sent."""
        sent = Enquiry.objects.filter(submit_key=models.OuterRef("pk")).values("reference")
        return self.owned_by(owner).filter(pk=draft_id).annotate(sent_as=models.Subquery(sent))

    def with_sent_lately(self, since: dt.datetime) -> Self:
        """With `sent_lately`: how many enquiries came from the same origin since then."""
        lately = Enquiry.objects.filter(origin=models.OuterRef("origin"), received_at__gt=since).order_by()
        count = lately.values("origin").annotate(n=models.Count("pk")).values("n")
        return self.annotate(sent_lately=Coalesce(models.Subquery(count), 0))

    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())

    def from_origin_since(self, origin: str, moment: dt.datetime) -> Self:
        return self.filter(origin=origin, started_at__gt=moment)


class Draft(models.Model):
    """An application being filled in, page by page. Once it is sent its id is the enquiry's one-use key.

    `answers` maps a page's name to {"data": as typed, "clean": as stored later, "said": [[question, answer], …] as it
    reads}; the page of eligibility adds "results": {programme: {"verdict", "reasons"}} for what is applied for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=43, help_text="A random mark that only the owner's session knows.")
    origin = models.CharField(max_length=64, help_text="A keyed hash of the network address, for limits only.")
    answers: "models.JSONField[Any]" = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=expires_at)

    objects = DraftQuerySet.as_manager()

    sent_as: str | None  # see DraftQuerySet.of
    sent_lately: int  # see DraftQuerySet.with_sent_lately

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="draft_expiry"),
            models.Index(fields=["origin", "started_at"], name="draft_origin"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def data(self, page: str) -> dict[str, Any]:
        """What was typed on a page, or nothing."""
        return self.answers.get(page, {}).get("data", {})

    def cleaned(self, page: str) -> dict[str, Any]:
        """The cleaned answers of a page, as they are to be stored."""
        return self.answers.get(page, {}).get("clean", {})

    def said(self, page: str) -> list[list[str]]:
        """The questions and answers of a page, as they were put to the applicant."""
        return self.answers.get(page, {}).get("said", [])

    @property
    def results(self) -> dict[str, dict[str, Any]]:
        """What is applied for, by the programme's slug: the verdict and its reasons."""
        return self.answers.get("eligibility", {}).get("results", {})

    def seal(self) -> str:
        """A mark of exactly these answers, that only the server can make. It is given out when they are complete."""
        canonical = json.dumps(self.answers, sort_keys=True, separators=(",", ":"))
        return salted_hmac("enquiries.draft", f"{self.pk}:{canonical}", algorithm="sha256").hexdigest()

    def sealed_by(self, seal: str) -> bool:
        return constant_time_compare(self.seal(), seal)
