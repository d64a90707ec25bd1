"""What officers are asked when a step needs a choice."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from careportal.kit.fields import ChoiceField, DateField, TextField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Link, Question
from enquiries import services, sharing
from enquiries.models import Interest

WRITTEN_TO = "It gets an email with the reference and a link, and nothing personal."
NO_ADDRESS = "It has no email address here: tell it about the referral yourself."
NOTHING = "nothing"
ANSWER_BY = "The last day. Leave it empty for the usual number of working days."


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
        self.data = {name: self.data.get(name) for name in self.data} | {"shown": self.interest.shown_as}


class ReferForm(InterestForm):
    """Shows what the partner will see, before it is done; a rule that changed meanwhile is shown again."""

    partner = ChoiceField(label="Which partner should have it?", missing="Select a partner")
    rule = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)
    questions = (Question("partner"),)
    button = "Refer to this partner"

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        super().__init__(*args, interest=interest, **kwargs)
        partners = interest.programme.partners.exclude(referrals=interest)
        field: Any = self.fields["partner"]
        field.choices = [(str(partner.pk), partner.name) for partner in partners]
        field.hints = {str(partner.pk): WRITTEN_TO if partner.email else NO_ADDRESS for partner in partners}
        self.codes = interest.programme.shared_fields
        self.initial["rule"] = ",".join(self.codes) or NOTHING
        self.helper.layout.append("rule")

    @property
    def shared(self) -> list[tuple[str, str]]:
        return sharing.shared(self.interest, self.codes)

    @property
    def withheld(self) -> list[str]:
        return sharing.withheld(self.codes)

    def chosen(self) -> dict[str, Any]:
        rule = self.cleaned_data["rule"]
        shared = [code for code in rule.split(",") if code != NOTHING] if rule else None
        partner_id = int(self.cleaned_data["partner"])
        return {"partner_id": partner_id, "shared": shared, "shown": self.cleaned_data["shown"]}

    def show_refusal(self, words: str) -> None:
        super().show_refusal(words)
        self.data = {**self.data, "rule": self.initial["rule"]}


class OfferForm(InterestForm):
    group = ChoiceField(label="In which group?", missing="Select a group")
    answer_by = DateField(label="Answer by", required=False, noun="The day to answer by")
    questions = (Question("group"), Question("answer_by", optional=False, hint=ANSWER_BY))
    button = "Offer a place and write to the provider"

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        super().__init__(*args, interest=interest, **kwargs)
        groups = list(interest.programme.intakes.to_come())
        field: Any = self.fields["group"]
        field.choices = [(str(group.pk), group.title) for group in groups]
        field.hints = {str(group.pk): _places(group.places_left) for group in groups}
        preferred = interest.intake if interest.intake in groups else None
        if preferred:
            self.initial["group"] = str(preferred.pk)
        self.initial["answer_by"] = services.usual_answer_by(interest.programme, preferred)
        if not groups:
            del self.fields["group"]
            self.helper.layout.pop(0)

    def chosen(self) -> dict[str, Any]:
        group, answer_by = self.cleaned_data.get("group"), self.cleaned_data["answer_by"]
        chosen = {"intake_id": int(group) if group else None, "answer_by": answer_by}
        return {**chosen, "shown": self.cleaned_data["shown"]}


class MoveForm(InterestForm):
    group = ChoiceField(label="To which group?", missing="Select a group")
    questions = (Question("group"),)
    button = "Move and write to the provider"

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        super().__init__(*args, interest=interest, **kwargs)
        groups = list(interest.programme.intakes.to_come().exclude(offers=interest))
        field: Any = self.fields["group"]
        field.choices = [(str(group.pk), group.title) for group in groups]
        field.hints = {str(group.pk): _places(group.places_left) for group in groups}
        if not groups:
            del self.fields["group"]
            self.helper.layout = Layout("shown")

    def chosen(self) -> dict[str, Any]:
        return {"intake_id": int(self.cleaned_data.get("group") or 0), "shown": self.cleaned_data["shown"]}


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
