"""Texts of pages and of the strategy, as officers write them."""

from typing import Any, ClassVar

from django import forms

from careportal.kit import markdown
from programmes.models import Objective, Page, PageFigure, Stakeholder, Strategy, Workstream

HELP = (
    "Leave an empty line between paragraphs. Begin a heading with #, a smaller one with ##, and each line of a list "
    "with a hyphen. Write **words** for bold, and [words](https://www.example.org) for a link."
)


class MarkdownForm(forms.ModelForm):
    """What would only be shown as it was typed is refused, in words for whoever wrote it."""

    texts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.texts) & set(self.fields):
            self.fields[name].help_text = HELP

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.texts:
            for refusal in markdown.refusals(cleaned.get(name) or ""):
                self.add_error(name, f"The text {refusal}.")
        return cleaned


class PageForm(MarkdownForm):
    """A page. While it is only looked at (`_preview` was pressed), it counts as not yet right, so nothing is saved."""

    texts = ("body",)

    class Meta:
        model = Page
        fields = ("title", "slug", "summary", "body", "is_public", "position", "review_due_on")

    @property
    def is_looked_at(self) -> bool:
        return "_preview" in self.data

    def is_valid(self) -> bool:
        return super().is_valid() and not self.is_looked_at


class FigureForm(forms.ModelForm):
    class Meta:
        model = PageFigure
        fields = ("value", "what", "source", "link", "as_of", "position")


class StrategyForm(MarkdownForm):
    texts = ("introduction",)

    class Meta:
        model = Strategy
        fields = ("title", "aim", "introduction", "source")


class ObjectiveForm(MarkdownForm):
    texts = ("description",)

    class Meta:
        model = Objective
        fields = ("strategy", "number", "title", "description")


class StakeholderForm(MarkdownForm):
    texts = ("does",)

    class Meta:
        model = Stakeholder
        fields = ("name", "slug", "kind", "is_member", "does", "website")


class WorkstreamForm(MarkdownForm):
    texts = ("description",)

    class Meta:
        model = Workstream
        fields = (
            *("objective", "year", "title", "description", "state", "why"),
            *("lead", "partners", "programmes", "continues"),
        )
