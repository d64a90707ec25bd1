"""What officers are asked when a step needs a choice."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from careportal.kit.fields import ChoiceField, TextField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Link, Question
from enquiries.models import Interest


class InterestForm(GovukForm):
    """Carries what the page showed, so that a step from a page that is out of date is refused."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)
    questions: tuple[Question, ...] = ()
    button = "Continue"

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        super().__init__(*args, initial={"shown": interest.shown_as}, **kwargs)
        self.interest = interest
        back = Link("Back to the enquiry", interest.enquiry.get_absolute_url())
        self.helper.layout = Layout(*self.questions, "shown", Continue(self.button, back))

    def chosen(self) -> dict[str, Any]:
        """The answers as the step's service takes them."""
        return self.cleaned_data

    def show_refusal(self, words: str) -> None:
        """The page again, with what was typed, the reason, and the state as it is now."""
        self.add_error(None, words)
        self.interest.refresh_from_db()
        self.data = {name: self.data.get(name) for name in self.fields} | {"shown": self.interest.shown_as}


class ReferForm(InterestForm):
    partner = ChoiceField(label="Which partner should have it?", missing="Select a partner")
    questions = (Question("partner"),)
    button = "Refer to this partner"

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        super().__init__(*args, interest=interest, **kwargs)
        partners = interest.programme.partners.exclude(referrals=interest)
        self.fields["partner"].choices = [(str(partner.pk), partner.name) for partner in partners]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        return {"partner_id": int(self.cleaned_data["partner"]), "shown": self.cleaned_data["shown"]}


class OfferForm(InterestForm):
    group = ChoiceField(label="In which group?", missing="Select a group")
    questions = (Question("group"),)
    button = "Offer a place"

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        super().__init__(*args, interest=interest, **kwargs)
        groups = list(interest.programme.intakes.to_come())
        field: Any = self.fields["group"]
        field.choices = [(str(group.pk), group.title) for group in groups]
        field.hints = {str(group.pk): _places(group.places_left) for group in groups}
        if interest.intake in groups:
            self.initial["group"] = str(interest.intake_id)
        if not groups:
            del self.fields["group"]
            self.helper.layout.pop(0)

    def chosen(self) -> dict[str, Any]:
        group = self.cleaned_data.get("group")
        return {"intake_id": int(group) if group else None, "shown": self.cleaned_data["shown"]}


class NotEligibleForm(InterestForm):
    reason = ChoiceField(
        label="Why is it not eligible?", missing="Select a reason", choices=Interest.WhyNotEligible.choices
    )
    questions = (Question("reason"),)
    button = "Not eligible"


class DeclineForm(InterestForm):
    reason = ChoiceField(label="Why is it declined?", missing="Select a reason", choices=Interest.WhyDeclined.choices)
    onward_options = TextField(
        label="What can the provider do instead?",
        help_text="At least one thing: another programme, another group, somebody else who helps.",
        missing="Enter at least one thing that the provider can do instead",
        noun="What the provider can do instead",
        max_length=2000,
    )
    questions = (Question("reason"), Question("onward_options"))
    button = "Decline"


def _places(left: int | None) -> str:
    if left is None:
        return "No fixed number of places"
    return f"{left} place{'' if left == 1 else 's'} left" if left else "Full"
