"""What an applicant may know of an enquiry, and nothing more: where it stands, what to do, what was written (AZ9)."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import prefetch_related_objects
from django.utils import timezone

from careportal.kit.components import SummaryRow
from enquiries import letters_funding, letters_intakes, letters_offers, letters_outcomes, letters_provider
from enquiries.application import forms
from enquiries.application.forms import WHEN_TO_CALL
from enquiries.models import ContactVersion, Enquiry, Event, IntakeAnswer, Interest, Message
from enquiries.models.outcome import TAKES_PART

State = Interest.State
_REFUSED = {State.NOT_ELIGIBLE, State.DECLINED}
_IN_SHORT = {"group_cancelled": "group cancelled", "offer_over": "offer has ended", "closed": "closed"}
_GOES_ON = [Event.Kind.RESUMED, Event.Kind.FOLLOWED_UP, Event.Kind.WITH_PARTNER]


@dataclass(frozen=True)
class Programme:
    """One programme that was applied for, and where that stands: the words are the template's."""

    interest: Interest
    stands: str

    @property
    def offer_address(self) -> str:
        """The page on which an open offer is answered."""
        return letters_offers.offer_page(self.interest) if self.stands == "offered" else ""

    @property
    def calendar_page(self) -> str:
        """The days of an accepted place, as a file."""
        return letters_offers.calendar_page(self.interest)

    @property
    def claim_by(self) -> dt.date | None:
        """The last day to claim national funding for it."""
        return letters_funding.claim_by(self.interest)

    @property
    def outcome_pages(self) -> list[str]:
        """Where it is told how it went, while that is asked."""
        if self.interest.state not in TAKES_PART:
            return []
        return [letters_outcomes.outcome_page(one) for one in self.interest.outcomes.all() if one.is_open]

    @property
    def changed_groups(self) -> list[tuple[IntakeAnswer, str]]:
        """What has changed about its group, with the page on which it says whether that is still fine."""
        return [(one, letters_intakes.intake_page(one)) for one in self.interest.intake_answers.all() if one.is_open]


@dataclass(frozen=True)
class Question:
    """A question that waits for an answer, and the page to give it on."""

    message: Message
    address: str

    @property
    def is_late(self) -> bool:
        """Its day is over. An answer is taken still."""
        return self.message.answer_by is not None and self.message.answer_by < timezone.localdate()


@dataclass
class Standing:
    enquiry: Enquiry

    @cached_property
    def programmes(self) -> list[Programme]:
        found = self.enquiry.interests.with_position()
        related = found.select_related("programme", "offered_intake", "intake", "referred_to")
        related = related.prefetch_related("intake_answers__intake")
        prefetch_related_objects([one for one in related if one.state in TAKES_PART], "outcomes")
        for interest in related:
            interest.enquiry = self.enquiry
        return [Programme(interest, self._stands(interest)) for interest in related]

    @cached_property
    def correspondence(self) -> list[Message]:
        """What was written to and by the applicant, in order."""
        return list(self.enquiry.messages.known_to_provider().select_related("interest", "answer"))

    @cached_property
    def questions(self) -> list[Question]:
        """What was asked and has no answer, whatever was written meanwhile, until an officer goes on without one."""
        asked = [one for one in self.correspondence if one.kind == Message.Kind.QUESTION and not hasattr(one, "answer")]
        if self.is_over or not asked:
            return []
        steps = self.enquiry.events.filter(kind__in=_GOES_ON, by__isnull=False).order_by("-at", "-pk")
        went_on = steps.values_list("at", flat=True).first()
        open_ones = [one for one in asked if went_on is None or one.at > went_on]
        return [Question(one, letters_provider.answer_page(one.pk)) for one in open_ones]

    @property
    def offers(self) -> list[Programme]:
        return [programme for programme in self.programmes if programme.offer_address]

    @property
    def asked_afterwards(self) -> list[Programme]:
        return [programme for programme in self.programmes if programme.outcome_pages]

    @property
    def changed(self) -> list[Programme]:
        return [programme for programme in self.programmes if programme.changed_groups]

    @property
    def is_wanted(self) -> bool:
        """Whether anything of it was not withdrawn. What came by email may not say yet what that is."""
        return self.enquiry.is_incomplete or any(programme.stands != State.WITHDRAWN for programme in self.programmes)

    @property
    def is_completed(self) -> bool:
        """Whether something of it has been taken part in to its end."""
        return any(programme.stands == State.COMPLETED for programme in self.programmes)

    @property
    def is_over(self) -> bool:
        return self.enquiry.state == Enquiry.State.CLOSED

    def _stands(self, interest: Interest) -> str:
        return stands(interest, is_told=self._is_told(interest), is_over=self.is_over)

    def _is_told(self, interest: Interest) -> bool:
        return any(one.interest_id == interest.pk and one.kind == Message.Kind.DECISION for one in self.correspondence)


def stands(interest: Interest, *, is_told: bool, is_over: bool) -> str:
    """In one word. A decision counts once its letter has left: until then officers can take it back."""
    if interest.state in _REFUSED and not is_told:
        return "received"
    if interest.state == State.OFFERED and not interest.is_open_offer:
        return "group_cancelled" if interest.holds_cancelled_place else "offer_over"
    if interest.state == State.RECEIVED and is_over:
        return "closed"
    return interest.state


def in_short(enquiry: Enquiry) -> list[tuple[str, str]]:
    """Each programme with where it stands, for lists. The enquiry is one of `applications_of`."""
    is_over = enquiry.state == Enquiry.State.CLOSED
    found = [(one, stands(one, is_told=bool(one.decisions), is_over=is_over)) for one in enquiry.interests.all()]
    return [(one.name, _IN_SHORT.get(word) or State(word).label.lower()) for one, word in found]


def answers(enquiry: Enquiry) -> list[tuple[str, list[SummaryRow]]]:
    """All that was sent, under the headings of the application. An email has its words, filled in or not."""
    if enquiry.is_incomplete:
        return [("Contact details", contact_rows(_shown_contact(enquiry))), _words(enquiry)]
    asked_of_some = (
        (forms.PeopleForm, "place_of_care"),
        (forms.RegisteredForm, "cqc_registered"),
        (forms.SizeForm, "size_band"),
    )
    service = [
        *([SummaryRow("CQC location ID", enquiry.cqc_location_id)] if enquiry.cqc_location_id else []),
        _row(forms.ServiceForm, "provider_type", enquiry.provider_type),
        _row(forms.PostcodeForm, "postcode", enquiry.postcode),
        *(_row(form, name, getattr(enquiry, name)) for form, name in asked_of_some if getattr(enquiry, name)),
        _row(forms.OrganisationForm, "organisation", enquiry.organisation),
    ]
    contact = [
        *contact_rows(_shown_contact(enquiry)),
        *([SummaryRow(WHEN_TO_CALL, enquiry.call_times_said)] if enquiry.has_call_times else []),
    ]
    programmes = [(one.name, _about(one)) for one in enquiry.interests.all()]
    return [("Your service", service), *programmes, ("Contact details", contact), _words(enquiry)]


def _words(enquiry: Enquiry) -> tuple[str, list[SummaryRow]]:
    if enquiry.channel == Enquiry.Channel.EMAIL:
        return "Your email", [SummaryRow("What you wrote", enquiry.message)]
    return "Your message", [_row(forms.MessageForm, "message", enquiry.message)]


def _shown_contact(enquiry: Enquiry) -> ContactVersion:
    """As it was sent; once somebody else is written to, theirs: a predecessor's details are shown to nobody (N15)."""
    return enquiry.contact if enquiry.address_since else enquiry.sent_contact


def contact_rows(contact: ContactVersion) -> list[SummaryRow]:
    return [
        _row(forms.ContactForm, "full_name", contact.name),
        _row(forms.ContactForm, "email", contact.email),
        _row(forms.ContactForm, "telephone", contact.telephone),
    ]


def _about(interest: Interest) -> list[SummaryRow]:
    applied = "Yes, and asked the council to look again" if interest.wants_second_look else "Yes"
    site = f"{interest.places} for {interest.site_name}, {interest.site_postcode}"
    return [
        SummaryRow("Applied for", applied),
        *([SummaryRow("Places", site)] if interest.site_name else []),
        *(SummaryRow(question, answer) for question, answer in interest.answers),
    ]


def _row(form: type[forms.PageForm], name: str, value: str) -> SummaryRow:
    field = form.base_fields[name]
    return SummaryRow(str(field.label), forms.in_words(field, value))
