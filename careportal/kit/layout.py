"""What a form's layout is made of: `Layout(Question("full_name", heading=True), Continue())`."""

from typing import Any

from crispy_forms.layout import LayoutObject
from django.forms import BaseForm
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from careportal.kit import components
from careportal.kit.components import words


class Question(LayoutObject):
    """One field, with how it is asked.

    - heading: the label is the page's heading
    - caption: a line above the label, such as the section's name
    - hint, label: instead of the field's own
    - size: of the label: s (the default), m, l, xl; hidden_label: for those who hear the page only
    - width: in characters (2, 3, 4, 5, 10, 20, 30) or of the column (one-half, two-thirds, full)
    - autocomplete, inputmode, rows, prefix, suffix: as in HTML and the Design System
    - inline, small: radios beside each other, or small ones
    - optional: False leaves "(optional)" away
    - reveals: {"other": Question("other_name")}: the questions an answer opens (see GovukForm.revealed)
    """

    def __init__(self, name: str, *, reveals: "Reveals | None" = None, **options: Any) -> None:
        unknown = set(options) - OPTIONS
        if unknown:
            raise TypeError(f"Question has no option named {', '.join(sorted(unknown))}")
        self.name, self.options, self.reveals = name, options, reveals or {}
        self.fields = [name]

    def render(self, form: BaseForm, context: Context, **kwargs: Any) -> SafeString:
        """The question's HTML. crispy learns which fields are done, so that none comes twice."""
        form.rendered_fields.add(self.name)  # type: ignore[attr-defined]
        revealed = {answer: self._revealed(form, context, opened) for answer, opened in self.reveals.items()}
        return form[self.name].as_govuk(**self.options, revealed=revealed)  # type: ignore[attr-defined]

    def _revealed(self, form: BaseForm, context: Context, opened: "Question | list[Question]") -> SafeString:
        """Questions that open with an answer. Whoever sees them must answer, so none is marked optional."""
        questions = opened if isinstance(opened, list) else [opened]
        for question in questions:
            question.options.setdefault("optional", False)
        return format_html_join("", "{}", ((question.render(form, context),) for question in questions))


Reveals = dict[str, Question | list[Question]]
OPTIONS = {
    *("heading", "caption", "label", "hidden_label", "size", "optional", "hint"),
    *("width", "rows", "prefix", "suffix", "autocomplete", "inputmode", "inline", "small"),
}


class Continue(LayoutObject):
    """The button that sends the page, and others beside it: `Continue("Save", Button("Leave", name="leave"))`."""

    def __init__(
        self, text: str = "Continue", *others: "Button | Link", kind: str = "", name: str = "", value: str = ""
    ) -> None:
        self.buttons: list[Button | Link] = [Button(text, kind=kind, name=name, value=value), *others]
        self.fields: list[str] = []

    def render(self, form: BaseForm, context: Context, **kwargs: Any) -> SafeString:
        if len(self.buttons) == 1:
            return self.buttons[0].markup()
        inner = format_html_join("\n", "{}", ((button.markup(),) for button in self.buttons))
        return format_html('<div class="govuk-button-group">{}</div>', inner)


class Button:
    """A further button. With a name, its value tells the view which one was pressed."""

    def __init__(self, text: str, *, kind: str = "secondary", name: str = "", value: str = "") -> None:
        self.text, self.kind, self.name, self.value = text, kind, name, value

    def markup(self) -> SafeString:
        return components.button(self.text, kind=self.kind, name=self.name, value=self.value)


class Link:
    """A way out beside the button."""

    def __init__(self, text: str, href: str) -> None:
        self.text, self.href = text, href

    def markup(self) -> SafeString:
        return format_html('<a class="govuk-link" href="{}">{}</a>', self.href, self.text)


class Fieldset(LayoutObject):
    """Questions that belong together, under one legend: `Fieldset("Your address", Question("line_1"), …)`."""

    def __init__(self, legend: str, *fields: Any, heading: bool = False, size: str = "", hint: str = "") -> None:
        self.legend, self.heading, self.hint = legend, heading, hint
        self.size = size or ("l" if heading else "m")
        self.fields = list(fields)

    def render(self, form: BaseForm, context: Context, **kwargs: Any) -> SafeString:
        legend = words(self.legend, classes=f"govuk-fieldset__legend--{self.size}", isPageHeading=self.heading)
        inner = self.get_rendered_fields(form, context, **kwargs)
        hint = format_html('<p class="govuk-hint">{}</p>', self.hint) if self.hint else ""
        return components.render("fieldset", {"legend": legend, "html": format_html("{}{}", hint, inner)})


class Details(LayoutObject):
    """Questions that few people need, under a line that opens them; open where something is filled in or wrong."""

    def __init__(self, summary: str, *questions: Question, hint: str = "") -> None:
        self.summary, self.hint = summary, hint
        self.fields = list(questions)

    def render(self, form: BaseForm, context: Context, **kwargs: Any) -> SafeString:
        bound = [form[question.name] for question in self.fields]
        inner = self.get_rendered_fields(form, context, **kwargs)
        hint = format_html('<p class="govuk-hint">{}</p>', self.hint) if self.hint else ""
        is_open = any(one.errors or one.value() for one in bound)
        shown = {"summaryText": self.summary, "html": format_html("{}{}", hint, inner), "open": is_open}
        return components.render("details", shown)


class Words(LayoutObject):
    """Words between questions: a paragraph, or a heading with `heading=2`."""

    def __init__(self, text: str, *, heading: int = 0) -> None:
        self.text, self.heading = text, heading
        self.fields: list[str] = []

    def render(self, form: BaseForm, context: Context, **kwargs: Any) -> SafeString:
        if self.heading:
            return format_html('<h{} class="govuk-heading-m">{}</h{}>', self.heading, self.text, self.heading)
        return format_html('<p class="govuk-body">{}</p>', self.text)
