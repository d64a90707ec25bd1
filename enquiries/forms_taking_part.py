"""What is asked of somebody who holds a place and cannot come."""

import datetime as dt
from typing import Any

from crispy_forms.layout import Layout
from django.utils import timezone

from careportal.kit.fields import ChoiceField, TextField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Link, Question
from enquiries.models import Interest

OTHER_DATES, OTHER_PERSON = "dates", "person"


class CannotComeForm(GovukForm):
    """Another group, other dates, or somebody else. Nobody's name is needed."""

    wish = ChoiceField(label="What would help you?", missing="Select what would help you")
    text = TextField(
        label="Is there anything else we should know?",
        help_text="For example how many others come instead, or which days suit you. Do not name anybody.",
        required=False,
        noun="What we should know",
        max_length=1000,
        rows=4,
    )

    def __init__(self, *args: Any, interest: Interest, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.interest, self.wishes = interest, _wishes(interest)
        self.fields["wish"].choices = list(self.wishes.items())  # type: ignore[attr-defined]
        questions = [Question("wish"), Question("text")]
        self.helper.layout = Layout(*questions, Continue("Tell the council", Link("Keep the place", back)))

    @property
    def told(self) -> str:
        """What the officer reads."""
        group, wish = self.interest.offered_intake, self.wishes[self.cleaned_data["wish"]]
        what = f"{self.interest.name}{f', {group.title}' if group else ''}"
        words = self.cleaned_data["text"]
        return (
            f"We cannot come as agreed: {what}.\n\nWhat would help: {wish}.{f'{chr(10) * 2}{words}' if words else ''}"
        )


def _wishes(interest: Interest) -> dict[str, str]:
    """Groups that take applications, but for the one in which the place is. Looked up once: one may close meanwhile."""
    groups = interest.programme.intakes.accepting_on(timezone.localdate()).exclude(pk=interest.offered_intake_id or 0)
    found = {str(group.pk): f"Move us to {group.title}{_from(group.starts_on)}" for group in groups}
    others = {OTHER_DATES: "Move us to other dates", OTHER_PERSON: "We send somebody else to the same group"}
    return {**found, **others}


def _from(day: dt.date | None) -> str:
    return f", from {day:%-d %B %Y}" if day else ""
