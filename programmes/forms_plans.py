"""Texts of pages and of the strategy, as officers write them."""

from typing import Any, ClassVar

from django import forms

from careportal.kit import markdown
from programmes.models import Objective, Page, PageFigure, Stakeholder, Strategy, Workstream

HELP = (
    "Leave an empty line between paragraphs. Begin a heading with #, a smaller one with ##, and each line of a list "
    "with a hyphen. Write **words** for bold, and [words](https://www.example.org) for a link."
)


SAVED_MEANWHILE = (
    "Somebody else saved this since you opened it. Nothing of yours is saved yet. Look at History for what they "
    "changed, put it into your text, and save again: yours then takes the place of theirs."
)


class MarkdownForm(forms.ModelForm):
    """What would only be shown as it was typed is refused, in words for whoever wrote it.

    `opened` is the version that somebody began from: what another one saved since is not written over unseen.
    """

    texts: ClassVar[tuple[str, ...]] = ()

    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["opened"] = self._version()
        for name in set(self.texts) & set(self.fields):
            self.fields[name].help_text = HELP

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.texts:
            for refusal in markdown.refusals(cleaned.get(name) or ""):
                self.add_error(name, f"The text {refusal}.")
        self._refuse_what_was_not_seen(cleaned.get("opened"))
        return cleaned

    def _refuse_what_was_not_seen(self, opened: str | None) -> None:
        """The row is locked, so that of two who save at once the second one is told."""
        if not (opened and self.instance.pk):
            return
        type(self.instance)._default_manager.select_for_update().filter(pk=self.instance.pk).first()
        if opened != (now := self._version()):
            sent: Any = self.data
            again = sent.copy()
            again["opened"] = now
            self.data = again
            self.add_error(None, SAVED_MEANWHILE)

    def _version(self) -> str:
        """Of the history: each save is one."""
        latest = self.instance.history.first() if self.instance.pk else None
        return str(latest.history_id) if latest else ""


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
