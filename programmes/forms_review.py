"""What an officer answers about each fact that a partner proposes."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Layout
from django.urls import reverse
from django.utils.safestring import SafeString

from careportal.kit.fields import ChoiceField, TextField, TickField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from programmes import golive
from programmes.models import ListingChange
from programmes.reading import Fact

APPROVE, RETURN, LATER = "approve", "return", "later"
DECISIONS = [(APPROVE, "Approve it"), (RETURN, "Return it, with a reason"), (LATER, "Leave it for later")]


class ReviewForm(GovukForm):
    """One decision a fact. Facts without an answer wait on."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, facts: list[Fact], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.names = [fact.name for fact in facts]
        for fact in facts:
            self.fields[f"what-{fact.name}"] = ChoiceField(
                label=f"Your decision: {fact.label}", choices=DECISIONS, required=False
            )
            self.fields[f"why-{fact.name}"] = TextField(
                label="Reason", help_text="The partner reads it.", max_length=1000, rows=3, required=False
            )

    def asked(self, name: str) -> SafeString:
        """The question about one fact, with the reason that opens under "Return it"."""
        reason = self[f"why-{name}"].as_govuk(optional=False)  # type: ignore[attr-defined]
        asked: SafeString = self[f"what-{name}"].as_govuk(  # type: ignore[attr-defined]
            revealed={RETURN: reason}, small=True, optional=False
        )
        return asked

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.names:
            is_returned = cleaned.get(f"what-{name}") == RETURN
            if is_returned and not cleaned.get(f"why-{name}") and f"why-{name}" not in self.errors:
                label = str(self.fields[f"what-{name}"].label).partition(": ")[2]
                self.add_error(f"why-{name}", f"Enter the reason why you return “{label}”")
        if not self.errors and not self._with(APPROVE) | self._with(RETURN):
            self.add_error(f"what-{self.names[0]}", "Approve or return at least one fact")
        return cleaned

    @property
    def approved(self) -> set[str]:
        return self._with(APPROVE)

    @property
    def returned(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"why-{name}"] for name in self._with(RETURN)}

    def _with(self, answer: str) -> set[str]:
        return {name for name in self.names if self.cleaned_data.get(f"what-{name}") == answer}


class DiscussForm(GovukForm):
    """A line to the partner. It posts to an address of its own; a refused one comes back with what was typed."""

    text = TextField(label="Write to the partner", missing="Enter what you want to say", noun="The message")

    def __init__(self, *args: Any, change: ListingChange, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="discuss-%s", **kwargs)
        self.helper.form_action = reverse("admin:programmes_listingchange_write", args=[change.pk])
        hint = "Everybody who acts for the partner is told by email that you wrote, without the words."
        self.helper.layout = Layout(Question("text", hint=hint, rows=4), Continue("Send it", kind="secondary"))


class GoLiveForm(GovukForm):
    """What nothing in the database shows: that somebody has looked."""

    rules = TickField(label="I have looked at the rules on who can get it", required=False)
    dates = TickField(label="Without an intake, its dates are to be agreed", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("rules"), Question("dates"), Continue("Publish it"))

    @property
    def said(self) -> set[str]:
        return {name for name in (golive.RULES, golive.DATES) if self.cleaned_data.get(name)}
