"""What a partner is asked about a referral, one small page for each step."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from careportal.kit.fields import ChoiceField, DateField, LineField, TextField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question, Words
from enquiries.models import Interest
from enquiries.models.referral import WhyDropped, WhyGivenBack

ANYWHERE = "none"


class StepForm(GovukForm):
    """Carries what the page showed of the referral. By itself it is one button."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)
    button, kind, says = "Continue", "", ""

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        self.interest = interest
        super().__init__(*args, initial={"shown": interest.partner_sees}, **kwargs)
        words = [Words(self.says)] if self.says else []
        self.helper.layout = Layout("shown", *words, *self.questions(), Continue(self.button, kind=self.kind))

    def questions(self) -> list[Question]:
        return [Question(name) for name in self.fields if name != "shown"]

    def chosen(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def show_refusal(self, words: str, interest: Interest) -> None:
        """The page again, with everything that was typed, and about the referral as it is now."""
        self.add_error(None, words)
        data: Any = self.data
        self.data = data.copy()
        self.data["shown"] = interest.partner_sees  # type: ignore[index]  # a copy can be written to


class AcknowledgeForm(StepForm):
    button = "Acknowledge"
    says = "The council then knows that you have seen this referral and will contact the care provider."


class InviteForm(StepForm):
    button = "Send the invitation"
    says = "We send this to the care provider by email. Their answer comes to the council, who tells you."

    day = DateField(label="Day", missing="Enter the day", help_text="For example, 27 11 2026")
    time = LineField(label="Time", missing="Enter the time", help_text="For example, 10am to 12pm", max_length=60)
    place = LineField(label="Place, or how to join online", missing="Enter the place", max_length=200)
    more = TextField(
        label="Anything else they should know",
        help_text="Do not write about residents or other people by name.",
        noun="What you write",
        required=False,
        max_length=1500,
        rows=4,
    )

    def questions(self) -> list[Question]:
        return [Question("day"), Question("time", width="20"), Question("place"), Question("more")]


class EnrolForm(StepForm):
    """In which group, where the programme has groups to come and no place is offered yet."""

    button = "Enrol"
    says = "We tell the care provider by email that they have a place."

    intake_id = ChoiceField(label="In which group?", missing="Select the group")

    def questions(self) -> list[Question]:
        groups = [] if self.interest.offered_intake_id else list(self.interest.programme.intakes.to_come())
        if not groups:
            del self.fields["intake_id"]
            return []
        field: Any = self.fields["intake_id"]
        field.choices = [(str(group.pk), str(group)) for group in groups]
        field.hints = {str(group.pk): _places(group) for group in groups}
        return [Question("intake_id", size="m")]

    def chosen(self) -> dict[str, Any]:
        number = self.cleaned_data.get("intake_id")
        return {"shown": self.cleaned_data["shown"], "intake_id": int(number) if number else None}


class AttendedForm(StepForm):
    button = "Save the day"

    on = DateField(label="On which day did they attend?", missing="Enter the day", help_text="For example, 27 11 2026")


class CompleteForm(StepForm):
    button = "Mark as completed"
    says = "Do this when they have finished the programme. You cannot take it back: if it was a mistake, ask us."


class DropOutForm(StepForm):
    button, kind = "Mark as dropped out", "warning"
    says = "Their place is free for somebody else at once, and we tell the care provider. You cannot take it back."

    because = ChoiceField(label="Why did they drop out?", missing="Select why they dropped out", choices=WhyDropped)


class GiveBackForm(StepForm):
    button, kind = "Give it back", "warning"
    says = "The council looks for another way to help. You do not see this care provider’s details any more."

    because = ChoiceField(label="Why do you give it back?", missing="Select why", choices=WhyGivenBack)
    text = TextField(
        label="In your own words",
        help_text="Only the council reads this. We need it if you chose another reason.",
        noun="What you write",
        required=False,
        max_length=1000,
        rows=4,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        needs_words = cleaned.get("because") == WhyGivenBack.OTHER and not cleaned.get("text")
        if needs_words and "text" not in self.errors:
            self.add_error("text", "Say in a few words why you give it back")
        return cleaned


class AskForm(StepForm):
    button = "Send your question"
    says = (
        "Only the council reads this. We answer on the page of this referral, with an email that says so, or we call."
    )

    text = TextField(
        label="What do you want to ask?", missing="Enter your question", noun="Your question", max_length=2000
    )


def _places(group: Any) -> str:
    if not group.has_places:
        return "Full"
    left = group.places_left
    return "" if left is None else f"{left} {'place' if left == 1 else 'places'} left"
