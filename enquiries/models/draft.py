import datetime as dt
import json
import uuid
from collections.abc import Collection
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from enquiries.models.enquiry import Enquiry
from providers.models import Membership, Provider

NOT_LISTED = "none"  # instead of a CQC location ID: the CQC does not know the service


def expires_at() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=settings.DRAFT_DAYS)


class DraftQuerySet(models.QuerySet["Draft"]):
    def owned_by(self, owner: str, user: object = None) -> Self:
        """Drafts of one browser session that are no organisation's, and those of the user's organisations.

        What a member began is the organisation's: this browser is no proof any more once they are removed (AZ11).
        """
        mine = models.Q(owner=owner, provider=None) if owner else models.Q(pk=None)
        if getattr(user, "is_authenticated", False):
            mine |= models.Q(provider__in=Membership.objects.of(user).values("provider"))
        return self.filter(mine, expires_at__gt=timezone.now())

    def of(self, draft_id: uuid.UUID, owner: str, user: object = None) -> Self:
        """One draft of whoever asks, with `sent_as`."""
        return self.owned_by(owner, user).filter(pk=draft_id).with_sent_as()

    def saved_under(self, hashes: Collection[str]) -> Self:
        """The draft to which a code that was mailed leads back, with `sent_as`."""
        return self.filter(return_code__in=hashes, expires_at__gt=timezone.now()).with_sent_as()

    def with_sent_as(self) -> Self:
        """With the reference of the enquiry it became, if it was sent; or whose details somebody else filled in."""
        became = models.Q(submit_key=models.OuterRef("pk"))
        filled_in = models.Q(pk=models.OuterRef("enquiry"), is_incomplete=False)
        sent = Enquiry.objects.filter(became | filled_in).order_by().values("reference")[:1]
        return self.annotate(sent_as=models.Subquery(sent))

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
    reads}; the page of eligibility adds "results": {programme: {"verdict", "reasons"}} for what is applied for;
    that of the postcode adds "area", so that it is looked up once; what was taken over from the CQC directory has
    "from": the location's ID; that of places has "wanted" in "clean": {programme: each site that wants some}. A page
    that was left before it was complete has only {"unfinished": as typed}, and is not answered. With "read" nobody has
    typed that: we read it in the provider's email.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=43, help_text="A random mark that only the owner's session knows.")
    provider = models.ForeignKey(
        Provider,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The organisation whose member began it. Then it is the organisation's, and its members' only.",
    )
    enquiry = models.OneToOneField(
        Enquiry,
        null=True,
        on_delete=models.CASCADE,
        related_name="draft",
        help_text="The enquiry that came by email, whose details it fills in.",
    )
    origin = models.CharField(max_length=64, help_text="A keyed hash of the network address, for limits only.")
    answers: "models.JSONField[Any]" = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=expires_at)
    return_email = models.EmailField(
        max_length=254, blank=True, default="", db_default="", help_text="Where the way back was sent to."
    )
    return_code = models.CharField(max_length=64, null=True, help_text="A keyed hash of the way back.")  # noqa: DJ001

    objects = DraftQuerySet.as_manager()

    sent_as: str | None  # see DraftQuerySet.with_sent_as
    sent_lately: int  # see DraftQuerySet.with_sent_lately

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="draft_expiry"),
            models.Index(fields=["origin", "started_at"], name="draft_origin"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["return_code"], name="return_code_leads_to_one_draft"),
            models.CheckConstraint(
                condition=models.Q(return_email="", return_code=None)
                | (~models.Q(return_email="") & models.Q(return_code__isnull=False)),
                name="draft_is_saved_with_a_code_and_an_address",
            ),
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

    def unfinished(self, page: str) -> dict[str, Any] | None:
        """What was typed on a page that was left before it was complete."""
        return self.answers.get(page, {}).get("unfinished")

    def was_read(self, page: str) -> bool:
        """Whether what stands on a page was read in an email, and is to be checked."""
        return bool(self.answers.get(page, {}).get("read"))

    @property
    def saved_as(self) -> str:
        """Which saving a page showed. Pressed twice, a button sends one mail."""
        return self.expires_at.isoformat()

    def save_for_later(self, *, address: str, hashed: str) -> None:
        """A new way back, good for as long as a new draft. The one before it is good no more."""
        self.return_email, self.return_code, self.expires_at = address, hashed, expires_at()

    def move_to(self, owner: str) -> None:
        """Another browser has it now, and the one before no more: nobody is left with it on a borrowed telephone."""
        self.owner = owner

    @property
    def results(self) -> dict[str, dict[str, Any]]:
        """What is applied for, by the programme's slug: the verdict and its reasons."""
        return self.answers.get("eligibility", {}).get("results", {})

    @property
    def location_id(self) -> str:
        """The CQC location that was picked in the directory; empty where none was, or while it is not clear which."""
        picked = self.cleaned("find").get("location") or self.cleaned("which").get("location", "")
        return "" if picked == NOT_LISTED else picked

    @property
    def taken_over(self) -> list[str]:
        """The pages that were answered from the directory, and not corrected since."""
        return [page for page, entry in self.answers.items() if "from" in entry]

    @property
    def area(self) -> str:
        """Where the postcode lies, as it was when it was given."""
        return self.answers.get("postcode", {}).get("area", "")

    def seal(self) -> str:
        """A mark of exactly these answers, that only the server can make. It is given out when they are complete."""
        canonical = json.dumps(self.answers, sort_keys=True, separators=(",", ":"))
        return salted_hmac("enquiries.draft", f"{self.pk}:{canonical}", algorithm="sha256").hexdigest()

    def sealed_by(self, seal: str) -> bool:
        return constant_time_compare(self.seal(), seal)
