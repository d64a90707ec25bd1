"""What partners fill in: their listing, a message to the council, a new programme and its intakes."""

from typing import Any

from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from careportal.kit import digests
from careportal.kit.fields import (
    ChoiceField,
    DateField,
    LineField,
    MultipleChoiceField,
    TextField,
    TickField,
    WholeNumberField,
    YesNoField,
)
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Fieldset, Link, Question
from programmes.drafts import OUTLINE
from programmes.fields import LongLineField, MarkdownField, PoundsField, SpacedTelephoneField, WebField
from programmes.models import Programme
from programmes.speeds import LABELS, SPEEDS, Group, Speed

MEANWHILE = (
    "A colleague or the council changed this while you were typing. Nothing was saved. What you typed is still here: "
    "check it, then save again"
)
FORMATTING = "Start a line with - for a list, or with ## for a heading. Write [words](https://…) for a link."


def _field(kind: type[forms.Field], name: str, **options: Any) -> Any:
    return kind(label=LABELS[name], required=False, **options)


class ListingForm(GovukForm):
    """Some or all of what a partner may change, as it would like it to be. Nothing else can be sent (PA2).

    `is_new`: nothing of it is public, and it may stay incomplete until it is sent.
    """

    marks_optional = False
    needed = ("title", "theme", "summary", "description", "audience", "who_for", "partners")

    telephone = _field(SpacedTelephoneField, "telephone", help_text="For questions. Everybody can see it.")
    time_needed = _field(LineField, "time_needed", help_text="For example: 6 mornings of 3 hours, over 3 months.")
    delivery_mode = _field(
        ChoiceField, "delivery_mode", choices=[one for one in Programme.DeliveryMode.choices if one[0]]
    )
    cost_pounds = _field(PoundsField, "cost_pounds", help_text="For each person. 0 means free.")
    cost_note = _field(LineField, "cost_note", help_text="For example: the apprenticeship levy pays it.")
    cover = _field(LineField, "cover", help_text="Who pays for somebody else while staff take part.")
    title = _field(LineField, "title", max_length=120)
    theme = _field(ChoiceField, "theme", choices=Programme.Theme.choices)
    summary = _field(LongLineField, "summary", max_length=250, help_text="One or two sentences for the list.")
    description = _field(
        MarkdownField,
        "description",
        max_length=10_000,
        rows=12,
        help_text=f"What people do and what it leads to. {FORMATTING}",
    )
    link = _field(WebField, "link", help_text="A page of your own website, starting with https://")
    audience = _field(ChoiceField, "audience", choices=Programme.Audience.choices)
    who_for = _field(
        MarkdownField,
        "who_for",
        max_length=2000,
        rows=6,
        help_text=f"Which services and staff, and which not. {FORMATTING}",
    )
    partners = _field(MultipleChoiceField, "partners", help_text="All organisations that run it together.")
    closing = TickField(
        label="Close it for good: take it off the portal",
        required=False,
        help_text="To stop it for a while, ask the council to pause it.",
    )

    def __init__(
        self,
        *args: Any,
        groups: list[Group],
        values: dict[str, Any],
        partners: dict[str, str],
        is_new: bool = False,
        reasons: dict[str, str] | None = None,
        back: str = "",
        **kwargs: Any,
    ) -> None:
        names = [name for group in groups for name in group.names]
        self.shown = {name: values[name] for name in names}
        super().__init__(*args, initial=self._begins_with(is_new), **kwargs)
        self.fields = {name: field for name, field in self.fields.items() if name in names}
        for name in names:
            self._ask(name, is_new)
        if "partners" in self.fields:
            self.fields["partners"].choices = list(partners.items())  # type: ignore[attr-defined]
        questions = [self._of_group(group, reasons or {}, len(groups) > 1) for group in groups]
        self.helper.layout = Layout(Seen(self.seen), *questions, Continue("Save", Link("Cancel", back)))

    @property
    def seen(self) -> str:
        """A mark of what the page was filled in with."""
        return digests.digest("what a partner saw of its listing", self.shown)

    def clean(self) -> dict[str, Any]:
        """What a colleague saved meanwhile is not overwritten by what this page began with.

        Whoever wants just what is there, such as by pressing the button twice, overwrites nothing.
        """
        cleaned = super().clean() or self.cleaned_data
        if self.data.get("seen") != self.seen and (self.errors or self.values() != self.shown):
            raise ValidationError(MEANWHILE, code="meanwhile")
        return cleaned

    def values(self) -> dict[str, Any]:
        """What was typed, in the form in which it is proposed."""
        typed = {name: self.cleaned_data[name] for name in self.fields}
        if "partners" in typed:
            typed["partners"] = sorted(typed["partners"])
        if typed.get("description", "").strip() == OUTLINE.strip():
            typed["description"] = ""
        return typed

    def _begins_with(self, is_new: bool) -> dict[str, Any]:
        outline = {"description": OUTLINE} if is_new and not self.shown.get("description", "x") else {}
        return self.shown | outline

    def _ask(self, name: str, is_new: bool) -> None:
        field = self.fields[name]
        field.required = name == "title" or (name in self.needed and not is_new)
        if not is_new:
            field.help_text = format_html("{} <strong>{}</strong>", field.help_text, speed_said(name))

    def _of_group(self, group: Group, reasons: dict[str, str], is_one_of_many: bool) -> Any:
        questions = [part for name in group.names for part in self._question(name, reasons)]
        return Fieldset(group.title, *questions) if is_one_of_many else Layout(*questions)

    def _question(self, name: str, reasons: dict[str, str]) -> list[Any]:
        options: dict[str, Any] = {"prefix": "£"} if name == "cost_pounds" else {}
        returned = [Returned(reasons[name])] if name in reasons else []
        return [*returned, Question(name, **options)]


def speed_said(name: str) -> str:
    """How fast a change of this fact is public."""
    days = {Speed.QUICK: settings.QUICK_LOOK_DAYS, Speed.FULL: settings.FULL_REVIEW_DAYS}.get(SPEEDS[name])
    if days is None:
        return "Live as soon as you save."
    look = "a quick look" if SPEEDS[name] == Speed.QUICK else "a full review"
    return f"Live after {look} by the council, within {days} working days."


class Markup(LayoutObject):
    """A piece of the form that asks nothing."""

    markup = "{}"

    def __init__(self, text: str) -> None:
        self.text = text
        self.fields: list[str] = []

    def render(self, form: Any, context: Any, **kwargs: Any) -> str:
        return format_html(self.markup, self.text)


class Seen(Markup):
    """What the page was filled in with, to be sent back."""

    markup = '<input type="hidden" name="seen" value="{}">'


class Returned(Markup):
    """Why the council returned the fact that is asked for next."""

    markup = (
        '<div class="govuk-inset-text govuk-!-margin-bottom-2"><p class="govuk-body govuk-!-margin-bottom-0">'
        "<strong>The council returned this:</strong> {}</p></div>"
    )


class RevisionForm(forms.Form):
    """A button that is about what was read."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class MessageForm(GovukForm):
    text = TextField(
        label="Write to the council about this listing", noun="Message", missing="Enter your message", rows=4
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("text"), Continue("Send message", kind="secondary"))


class NewProgrammeForm(GovukForm):
    """What it is called, and whether another one is its pattern."""

    title = LineField(label="What is the new programme called?", noun="Title", missing="Enter a title", max_length=120)
    start = ChoiceField(label="What do you want to start with?", missing="Select what to start with")

    def __init__(self, *args: Any, programmes: list[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        copies = [(str(one.pk), f"A copy of “{one.title}”") for one in programmes]
        self.fields["start"].choices = [("outline", "An outline to fill in"), *copies]  # type: ignore[attr-defined]
        self.helper.layout = Layout(Question("title"), Question("start"), Continue("Start"))

    @property
    def copy_of(self) -> int | None:
        start = self.cleaned_data["start"]
        return None if start == "outline" else int(start)


class IntakeForm(GovukForm):
    """One run of a new programme."""

    title = LineField(
        label="Name of this intake",
        missing="Enter a name for the intake",
        max_length=100,
        help_text="For example: spring group.",
    )
    opens_on = DateField(label="Applications open on", missing="Enter the day on which applications open")
    closes_on = DateField(label="Last day to apply", missing="Enter the last day to apply")
    starts_on = DateField(label="First day", required=False, help_text="Leave it empty if it is to be agreed.")
    ends_on = DateField(label="Last day", required=False)
    place = LineField(label="Where", required=False, help_text="An address, or online.")
    capacity = WholeNumberField(label="How many places", noun="Places", required=False, least=1, most=10_000)

    def __init__(self, *args: Any, button: str = "Save", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(*(Question(name) for name in self.fields), Continue(button))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._refuse_order("opens_on", "closes_on", "Last day to apply must not be before applications open")
        self._refuse_order("starts_on", "ends_on", "Last day must not be before the first day")
        return cleaned

    def _refuse_order(self, first: str, last: str, refusal: str) -> None:
        begins, ends = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if begins and ends and ends < begins:
            self.add_error(last, refusal)


class DatesForm(GovukForm):
    """Whether there are dates at all."""

    is_open = YesNoField(
        label="Are the dates still to be agreed?",
        missing="Select whether the dates are still to be agreed",
        yes="Yes, the page is to say so",
        no="No, I will add intakes",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("is_open"), Continue("Save"))
