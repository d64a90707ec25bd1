import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from careportal.kit.cleaning import fold
from enquiries.models.calling import CALL_TIMES_MAKE_SENSE, Calling, callable_at
from enquiries.models.contact import ContactVersion, Reached
from enquiries.models.event import Event
from enquiries.models.handling import Handled
from enquiries.models.registered import Registered
from enquiries.models.searching import Searchable
from enquiries.models.submitted import refuse_to_change
from enquiries.references import new_reference
from providers.area import Answer as Area
from providers.area import PlaceOfCare
from providers.models import Provider, ProviderType

if TYPE_CHECKING:
    from careportal.accounts.models import User


# The order of the queue, and what is in it: the indexes of each filter hold the order too, so that a page is read
# off them, however many enquiries there are.
FIRST = ("-undelivered", "state_rank", "-received_at", "-id")
OPEN = ~Q(state="closed")
HAS_NUMBER = ~Q(contact_telephone="")
CALLABLE = OPEN & HAS_NUMBER  # both orders in which calls are made are read off indexes, with nothing else to look at

UNSURE = ("unknown", "The provider does not know")
PLACES_OF_CARE = [*PlaceOfCare.choices, UNSURE]
SIZES = [*((value, label) for value, label in Provider.SizeBand.choices if value), UNSURE]


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def newest_first(self) -> Self:
        """What did not reach its inbox first, then new ones, then by time of arrival: an index holds this order."""
        return self.order_by("-undelivered", "state_rank", "-received_at", "-pk")

    def overdue_on(self, day: dt.date) -> Self:
        """Open and not waiting for the provider, and a reply or a decision was due before this day."""
        return self.filter(next_due_on__lt=day)

    def due_on(self, day: dt.date) -> Self:
        """A reply or a decision is due on this very day."""
        return self.filter(next_due_on=day)

    def open(self) -> Self:
        return self.exclude(state=Enquiry.State.CLOSED)

    def waiting_for_provider(self) -> Self:
        return self.filter(state=Enquiry.State.WAITING)

    def answered(self) -> Self:
        """The provider has answered a question, and no officer has done anything about it yet."""
        return self.filter(answered_at__isnull=False)

    def incomplete(self) -> Self:
        """They came by email, and what an application asks is wanting still."""
        return self.filter(is_incomplete=True)

    def register_changed(self) -> Self:
        """Its CQC location is not any more what it was, and no officer has looked at that yet."""
        return self.filter(register_changed_at__isnull=False)

    def unowned(self) -> Self:
        """Open, and nobody has taken it."""
        return self.open().filter(owner=None)

    def callable_at(self, moment: dt.datetime) -> Self:
        """Open ones that can be called at this moment (N18)."""
        return self.filter(callable_at(moment))

    def matching(self, words: str) -> Self:
        """Enquiries in which every word occurs somewhere, however it is written. To be asked with few words.

        A whole email address is the contact's: all addresses look so much alike that parts of them tell little.
        """
        found = self
        for word in fold(words).split():
            is_address = re.fullmatch(r"[^@]+@[^@]+\.[^@.]+", word)
            fits = _reached_at(word) if is_address else Q(search_text__contains=word)
            found = found.filter(fits)
        return found

    def reached_at(self, address: str) -> Self:
        """Those whose contact has this address, as it was sent or since, however its letters are written."""
        return self.filter(_reached_at(address.lower()))

    def mine(self, officer: "User") -> Self:
        """What this officer has taken, closed ones too."""
        return self.filter(owner=officer)

    def note_delivery(self, mails: "models.QuerySet[Any]") -> None:
        """Keep `undelivered` true to the mails. Called in every transaction that changes the state of one.

        The rows are locked first: an UPDATE that had to wait would look at the mails as they were before it waited.
        """
        list(self.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))
        self.update(undelivered=models.Exists(mails.filter(enquiry=models.OuterRef("pk"))))

    def update(self, **changes: Any) -> int:
        refuse_to_change(Enquiry, changes)
        return super().update(**changes)


def _reached_at(address: str) -> Q:
    """Whose contact has this address in small letters, as it was sent or since. Two lookups that indexes answer."""
    sent = Enquiry.objects.alias(folded=Lower("contact_email")).filter(folded=address).order_by()
    changed = ContactVersion.objects.alias(folded=Lower("email")).filter(folded=address).order_by()
    return Q(pk__in=sent.values("pk").union(changed.values("enquiry")))


class Enquiry(Handled, Calling, Reached, Registered, Searchable):
    """One request for support, however it came. What was sent never changes."""

    class Channel(models.TextChoices):
        ONLINE = "online", "Online"
        EMAIL = "email", "Email"
        OFFICER = "officer", "Entered by an officer"

    # What the applicant sent: written once. The event of its arrival holds a keyed sum over it (DI6).
    SUBMITTED = (
        *("reference", "channel", "organisation", "provider_type", "postcode", "cqc_registered", "contact_name"),
        *("contact_email", "contact_telephone", "message", "privacy_version", "declared_at"),
        *("cqc_location_id", "place_of_care", "size_band"),
    )
    # Of those, what was not asked from the start. Sums over enquiries of before are without them.
    SUBMITTED_SINCE = ("cqc_location_id", "place_of_care", "size_band")

    reference = models.CharField(max_length=11, unique=True, default=new_reference, editable=False)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.ONLINE)
    undelivered = models.BooleanField(
        default=False, editable=False, help_text="A mail that should bring it to its inbox failed or is uncertain."
    )
    submit_key = models.UUIDField("one-use key", null=True, unique=True, editable=False)
    origin = models.CharField(max_length=64, blank=True, editable=False)
    is_about_access = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="Somebody could not use a page of the portal."
    )

    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.SET_NULL, related_name="enquiries", editable=False
    )
    organisation = models.CharField(max_length=200)
    provider_type = models.CharField("kind of care", max_length=30, choices=ProviderType)
    postcode = models.CharField(max_length=8)
    area = models.CharField(max_length=10, choices=Area)
    cqc_registered = models.CharField(max_length=10, blank=True)
    place_of_care = models.CharField(
        "gives care", max_length=10, blank=True, default="", db_default="", choices=PLACES_OF_CARE
    )
    size_band = models.CharField("staff", max_length=10, blank=True, default="", db_default="", choices=SIZES)

    contact_name = models.CharField(max_length=120)
    contact_email = models.EmailField(max_length=254)
    contact_telephone = models.CharField(max_length=20, blank=True)
    message = models.TextField(max_length=4000, blank=True)

    joined_to = models.ForeignKey(
        "self",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="joined",
        help_text="The enquiry that goes on for both, where the same was asked twice.",
    )

    privacy_version = models.CharField(max_length=40)
    declared_at = models.DateTimeField("said they may apply at", null=True)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "enquiries"
        ordering = ["-undelivered", "state_rank", "-received_at", "-pk"]
        indexes = [
            models.Index(fields=FIRST, name="enquiry_first"),
            models.Index(fields=FIRST, condition=OPEN, name="enquiry_open_first"),
            models.Index(fields=FIRST, condition=OPEN & Q(owner=None), name="enquiry_open_unowned"),
            models.Index(fields=["owner", *FIRST], condition=OPEN, name="enquiry_open_owner"),
            models.Index(fields=["owner", "next_due_on", "id"], condition=OPEN, name="enquiry_open_owner_due"),
            models.Index(fields=["state", *FIRST], condition=OPEN, name="enquiry_open_state"),
            models.Index(fields=["channel", *FIRST], condition=OPEN, name="enquiry_open_channel"),
            models.Index(fields=["next_due_on", "id"], condition=OPEN, name="enquiry_open_due"),
            models.Index(fields=["received_at", "id"], condition=OPEN, name="enquiry_open_received"),
            models.Index(
                fields=["call_until", *FIRST, "call_from", "call_not_on"], condition=CALLABLE, name="enquiry_call"
            ),
            models.Index(fields=[*FIRST, *Calling.CALL_TIMES], condition=CALLABLE, name="enquiry_call_first"),
            models.Index(fields=FIRST, condition=Q(state="closed"), name="enquiry_closed_first"),
            models.Index(fields=["received_at", "id"], name="enquiry_received"),
            models.Index(fields=["origin", "received_at"], name="enquiry_origin"),
            models.Index(Lower("contact_email"), name="enquiry_email"),
            models.Index("postcode", Lower("organisation"), name="enquiry_postcode_and_name"),
            models.Index(fields=["contact_telephone"], condition=HAS_NUMBER, name="enquiry_telephone"),
            models.Index(
                fields=FIRST,
                condition=OPEN & Q(register_changed_at__isnull=False),
                name="enquiry_open_register_changed",
            ),
            models.Index(fields=FIRST, condition=OPEN & Q(is_incomplete=True), name="enquiry_open_incomplete"),
            models.Index(fields=["cqc_location_id"], condition=~Q(cqc_location_id=""), name="enquiry_cqc_location"),
            models.Index(fields=["next_due_on", "id"], condition=Q(next_due_on__isnull=False), name="enquiry_due"),
            models.Index(fields=["answered_at", "id"], condition=Q(answered_at__isnull=False), name="enquiry_answered"),
            models.Index(fields=["paused_on", "id"], condition=Q(paused_on__isnull=False), name="enquiry_paused"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["new", "in_triage", "waiting", "with_partner", "closed"]),
                name="enquiry_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["online", "email", "officer"]), name="enquiry_channel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(is_incomplete=False) | Q(channel="email"), name="only_what_came_by_email_is_incomplete"
            ),
            models.CheckConstraint(
                condition=Q(place_of_care__in=["", "unknown", "funded", "in_area", "elsewhere"]),
                name="enquiry_place_of_care_is_known",
            ),
            models.CheckConstraint(
                condition=Q(size_band__in=["", "unknown", "under_10", "under_50", "under_250", "from_250"]),
                name="enquiry_size_band_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(channel="online") | (Q(submit_key__isnull=False) & Q(declared_at__isnull=False)),
                name="online_enquiry_has_key_and_declaration",
            ),
            models.CheckConstraint(
                condition=Q(state="new", owner__isnull=True) | ~Q(state="new"), name="new_enquiry_has_no_owner"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", paused_on__isnull=False) | (~Q(state="waiting") & Q(paused_on=None)),
                name="clocks_stand_still_just_while_waiting_for_provider",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(state__in=["in_triage", "with_partner"]),
                name="answer_waits_for_an_officer_only_in_hand",
            ),
            models.CheckConstraint(
                condition=Q(joined_to=None) | (Q(state="closed") & ~Q(joined_to=F("id"))),
                name="joined_enquiry_is_closed_and_another",
            ),
            models.CheckConstraint(
                condition=Q(register_changes="", register_changed_at=None)
                | (~Q(register_changes="") & Q(register_changed_at__isnull=False) & ~Q(cqc_location_id="")),
                name="register_change_has_a_location_and_a_time",
            ),
            models.CheckConstraint(
                condition=Q(replied_at=None) | Q(replied_at__gte=F("received_at")),
                name="enquiry_is_replied_to_after_it_came",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(decided_at__gte=F("received_at")),
                name="enquiry_is_decided_after_it_came",
            ),
            models.CheckConstraint(condition=CALL_TIMES_MAKE_SENSE, name="enquiry_can_be_called_at_some_time"),
        ]

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            refuse_to_change(type(self), kwargs.get("update_fields"), but_for=self._may_be_saved)
        super().save(*args, **kwargs)
        self._may_be_saved = frozenset()

    def get_absolute_url(self) -> str:
        return reverse("admin:enquiries_enquiry_change", args=[self.pk])

    def record(self, kind: "Event.Kind", *, by: "User | None" = None, **detail: Any) -> None:
        """Add to the history. `detail` holds ids and codes, never names or texts."""
        Event.objects.create(enquiry=self, kind=kind, by=by, detail=detail)

    def record_for_provider(self, step: "Event.Kind", **detail: Any) -> None:
        """The same, where whoever follows the enquiry did it."""
        Event.objects.create(enquiry=self, kind=step, detail={"by": "provider", **detail})
