"""The application's pages as forms: fields and wording. What they decide on comes from the journey they are given."""

from typing import TYPE_CHECKING, Any

from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.formats import date_format

from careportal.kit.cleaning import made_storable
from careportal.kit.fields import (
    AddressField,
    ChoiceField,
    LineField,
    MultipleChoiceField,
    PostcodeField,
    TelephoneField,
    TextField,
    TickField,
    WholeNumberField,
    YesNoField,
)
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Button, Continue, Details, Question
from careportal.kit.templatetags.govuk import spaced
from enquiries.application.calling import HOURS, NAMES, CallTimesForm, call_questions
from programmes.models import Intake, Programme
from programmes.models import Question as ProgrammeQuestion
from providers.area import PlaceOfCare, where_is
from providers.models import Provider, ProviderType

if TYPE_CHECKING:
    from enquiries.application.journey import Journey

ANY_INTAKE = "any"
SAVE = "save"  # the name of the button that leaves for now
MOST_UNFINISHED = 10_000  # characters of one answer that is not complete
NOT_SURE = ("unknown", "I do not know")
WHEN_TO_CALL = "When it is best to call you"


class Resealed(GovukForm):
    """A form whose hidden fields can be renewed, so that a page that is shown again can be sent."""

    def replace(self, name: str, value: str) -> None:
        data = QueryDict(mutable=True)
        for key in self.data:
            data.setlist(key, self.data.getlist(key) if isinstance(self.data, QueryDict) else _listed(self.data[key]))
        data[self.add_prefix(name)] = value
        self.data = data


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class PageForm(Resealed):
    """One page of the application. `said` is how its answers read when they are checked."""

    def __init__(self, *args: Any, journey: "Journey", section: str = "", **kwargs: Any) -> None:
        self.journey = journey
        self.section = section
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(*self.questions(), self.buttons())

    @property
    def is_one_question(self) -> bool:
        """Whether the page's only question is its heading too."""
        return len(self.visible_fields()) == 1

    def questions(self) -> list[Question | str]:
        heading: dict[str, Any] = {"heading": True, "caption": self.section} if self.is_one_question else {}
        return [field.name if field.is_hidden else Question(field.name, **heading) for field in self]

    def buttons(self) -> Continue:
        return Continue("Continue", save_for_later())

    def also(self) -> dict[str, dict[str, Any]]:
        """What a valid page answers besides: entries of other pages, by their names."""
        return {}

    def forgets(self) -> list[str]:
        """Pages whose answers do not hold any longer once this one is answered so."""
        return []

    def typed(self) -> dict[str, Any]:
        """The data as it was posted, for our own fields only: what is stored and shown again."""
        return {name: self[name].data for name in self.fields if self[name].data not in (None, "", [])}

    def entry(self) -> dict[str, Any]:
        """What the draft keeps of a valid page: as typed, as cleaned, and as it reads."""
        return {"data": self.typed(), "clean": self.cleaned_data, "said": self.said()}

    def unfinished(self) -> dict[str, Any]:
        """What the draft keeps of a page that is left before it is complete: shown again, and no answer yet."""
        return {"unfinished": {name: _as_typed(value) for name, value in self.typed().items()}}

    def said(self) -> list[list[str]]:
        """Pairs of question and answer in words."""
        return [
            [str(self[name].label), in_words(field, self.cleaned_data.get(name))]
            for name, field in self.fields.items()
            if not isinstance(field.widget, forms.HiddenInput)
        ]


def save_for_later() -> Button:
    """Beside "Continue" on every page: leave now, come back later."""
    return Button("Save and come back later", name=SAVE, value="yes")


def _as_typed(value: Any) -> Any:
    """What every database can store of it."""
    if isinstance(value, list):
        return [_as_typed(one) for one in value[:100]]
    return made_storable(str(value))[:MOST_UNFINISHED]


def in_words(field: forms.Field, value: Any) -> str:
    """An answer as a person would read it."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(field, TelephoneField):
        return spaced(str(value))
    labels = {str(key): str(label) for key, label in getattr(field, "choices", [])}
    if isinstance(value, list):
        return "\n".join(labels.get(str(item), str(item)) for item in value)
    return labels.get(str(value), str(value))


class ServiceForm(PageForm):
    provider_type = ChoiceField(
        label="What kind of care do you provide?",
        help_text="If you provide more than one, select the one you want support for.",
        missing="Select the kind of care you provide",
        choices=ProviderType.choices,
    )


class PostcodeForm(PageForm):
    postcode = PostcodeField(
        label="What is the postcode of your service?",
        missing="Enter the postcode of your service",
    )

    def questions(self) -> list[Question | str]:
        self.fields["postcode"].help_text = self.which
        return super().questions()

    @property
    def which(self) -> str:
        """Where a home is counts, and not its head office; of other services it is the office that we can find."""
        kind = self.journey.provider_type
        if kind in ProviderType and ProviderType(kind).is_a_home:
            return "Give the postcode of the home itself, not that of a head office."
        return "Give the postcode of the office that you work from, or your own if you have no office."

    def entry(self) -> dict[str, Any]:
        return super().entry() | {"area": str(where_is(self.cleaned_data["postcode"]))}


def _places_of_care() -> list[tuple[str, str]]:
    council = settings.COUNCIL
    return [
        (PlaceOfCare.FUNDED, f"People whose care {council.short_name} council pays for"),
        (PlaceOfCare.IN_AREA, f"Other people who live in {council.place}"),
        (PlaceOfCare.ELSEWHERE, "Only people who live elsewhere"),
        NOT_SURE,
    ]


class PeopleForm(PageForm):
    """Where care is given, which for homecare and the like is not where the office is."""

    place_of_care = ChoiceField(
        label="Who do you care for?",
        help_text="If more than one answer is true, select the first of them.",
        missing="Select who you care for",
        choices=_places_of_care,
    )


class SizeForm(PageForm):
    size_band = ChoiceField(
        label="How many staff does your service have?",
        help_text="Count everybody who works for you, full time or part time.",
        missing="Select how many staff your service has",
        choices=[*((value, label) for value, label in Provider.SizeBand.choices if value), NOT_SURE],
    )


class RegisteredForm(PageForm):
    cqc_registered = ChoiceField(
        label="Is your service registered with the Care Quality Commission (CQC)?",
        missing="Select yes if your service is registered with the Care Quality Commission",
        choices=[("yes", "Yes"), ("no", "No"), NOT_SURE],
    )


class EligibilityForm(PageForm):
    """What fits. For the rest the council can be asked to look again: the rules are advice, a person decides.

    Who applies for several sites says so here, once for all programmes; nobody else is asked about sites.
    """

    field_order = ("seen", "second_look", "several")

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    several = TickField(label="I want to apply for more than one site", required=False)

    def questions(self) -> list[Question | str]:
        if self.journey.unmet:
            some_fit = len(self.journey.unmet) < len(self.journey.results)
            self.fields["second_look"] = MultipleChoiceField(
                label="Do you want the council to look again?",
                help_text="An officer can decide that you may take part all the same. "
                + ("Leave this empty to go on without them." if some_fit else "Select at least one to go on."),
                required=not some_fit,
                missing="Select at least one programme for the council to look at again",
                choices=[(result.programme.slug, result.programme.title) for result in self.journey.unmet],
            )
        self.initial["seen"] = self.journey.results_seen
        again = [Question("second_look")] if "second_look" in self.fields else []
        return ["seen", *again, Question("several", optional=False)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("seen") != self.journey.results_seen:
            self.replace("seen", self.journey.results_seen)
            raise forms.ValidationError("What you can apply for has changed. Read it again.")
        return cleaned

    def entry(self) -> dict[str, Any]:
        again = self.cleaned_data.get("second_look", [])
        results = {
            result.programme.slug: {"verdict": str(result.verdict), "reasons": result.reasons}
            for result in self.journey.results
            if result.fits or result.programme.slug in again
        }
        return super().entry() | {"results": results}

    def said(self) -> list[list[str]]:
        asked: list[str] = []
        left_out: list[str] = []
        for result in self.journey.unmet:
            again = result.programme.slug in self.cleaned_data.get("second_look", [])
            (asked if again else left_out).append(result.programme.title)
        told = [("The council looks again at", asked), ("Left out, because your service does not fit", left_out)]
        return [[heading, "\n".join(titles)] for heading, titles in told if titles]


class OrganisationForm(PageForm):
    organisation = LineField(
        label="What is your organisation called?",
        help_text="The name that the Care Quality Commission knows, if you are registered.",
        missing="Enter the name of your organisation",
        noun="Name of your organisation",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class AboutForm(PageForm):
    """What one programme asks: which group, and its own questions."""

    programme: Programme

    def questions(self) -> list[Question | str]:
        intakes = [] if self.journey.waits_for(self.programme) else self.programme.open_intakes(self.journey.today)
        if intakes:
            groups = [(intake_choice(intake), _intake(intake)) for intake in intakes]
            self.fields["intake"] = ChoiceField(
                label="Which group would you like to join?",
                missing="Select the group you would like to join",
                choices=[*groups, (ANY_INTAKE, "Any of them")],
            )
        for question in self.programme.questions.all():
            self.fields[f"q-{question.key}"] = field_for(question)
        return super().questions()


def intake_choice(intake: Intake) -> str:
    """A group as an answer. One that fills up becomes another answer, so that nobody waits without having said so."""
    return str(intake.pk) if intake.has_places else f"{intake.pk}-full"


def _intake(intake: Intake) -> str:
    starts = f"starts {date_format(intake.starts_on, 'j F Y')}" if intake.starts_on else "date to be agreed"
    return f"{intake.title}, {starts}" + ("" if intake.has_places else " (full: waiting list)")


def field_for(question: ProgrammeQuestion) -> forms.Field:
    """A form field for an extra question. Answers are bounded like every other text."""
    Kind = ProgrammeQuestion.Kind  # noqa: N806
    common: dict[str, Any] = {
        "label": question.label,
        "help_text": question.hint,
        "required": question.is_required,
    }
    asked = f"“{question.label}”"  # several of a kind may stand on a page: each error says which it is about
    choices = [(choice, choice) for choice in question.choice_list]
    if question.kind == Kind.LINE:
        return LineField(max_length=200, missing=f"Answer {asked}", noun="The answer", **common)
    if question.kind == Kind.TEXT:
        return TextField(max_length=2000, missing=f"Answer {asked}", noun="The answer", **common)
    if question.kind == Kind.NUMBER:
        missing = f"Enter a number to answer {asked}"
        return WholeNumberField(least=0, most=100_000, missing=missing, noun="The number", **common)
    if question.kind == Kind.YES_NO:
        return YesNoField(missing=f"Select yes or no to answer {asked}", **common)
    if question.kind == Kind.ONE_OF:
        return ChoiceField(choices=choices, missing=f"Select an answer to {asked}", **common)
    return MultipleChoiceField(choices=choices, missing=f"Select at least one answer to {asked}", **common)


class ContactForm(CallTimesForm, PageForm):
    field_order = ("full_name", "email", "telephone", *NAMES)

    full_name = LineField(
        label="Full name",
        max_length=120,
        missing="Enter your full name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AddressField(
        label="Email address",
        help_text="We send your reference here, and answer you here.",
        missing="Enter your email address",
    )
    telephone = TelephoneField(label="Telephone number", help_text="In case you would rather talk.", required=False)

    def questions(self) -> list[Any]:
        when = Details("When is it best to call you? (optional)", *call_questions(), hint=HOURS)
        return [*super().questions()[: -len(NAMES)], when]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.asks_for_times and not cleaned.get("telephone") and "telephone" not in self.errors:
            self.add_error("telephone", "Enter your telephone number, so that we can call you at that time")
        return cleaned

    def said(self) -> list[list[str]]:
        """The times to call are one answer."""
        when = self.call_times_said() if self.cleaned_data["telephone"] else ""
        return [*super().said()[: -len(NAMES)], [WHEN_TO_CALL, when]]


class KnownContactForm(ContactForm):
    """Of somebody who wrote to us: the address is proved, and we answer there. It is changed on a page of its own."""

    email = None  # type: ignore[assignment]  # so that Django leaves it out

    def clean(self) -> dict[str, Any]:
        return super().clean() | {"email": self.journey.known_address}

    def said(self) -> list[list[str]]:
        name, *others = super().said()
        return [name, ["Email address", self.journey.known_address], *others]


class ProfileForm(PageForm):
    """What the organisation told before, to be confirmed. There is nothing to type."""

    confirmed = forms.CharField(widget=forms.HiddenInput, initial="yes")


class MessageForm(PageForm):
    message = TextField(
        label="Is there anything else we should know?",
        help_text="Do not name the people you care for, and do not tell us about anybody's health.",
        noun="Your message",
        required=False,
        max_length=4000,
    )


class DeclarationForm(Resealed):
    """What is sent with the answers: the declaration, the one-use key, and a seal on what was checked."""

    may_apply = TickField(
        label="I am allowed to apply for this organisation",
        missing="Confirm that you are allowed to apply for this organisation",
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    content = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Question("may_apply"), "key", "content", Continue("Send application", save_for_later())
        )
