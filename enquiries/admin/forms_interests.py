"""What officers are asked when a step needs a choice."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.conf import settings

from careportal.kit.cleaning import one_line
from careportal.kit.fields import ChoiceField, DateField, MultipleChoiceField, TextField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Link, Question
from enquiries import letters_provider, services, sharing
from enquiries.models import Interest
from programmes.models import Programme

WRITTEN_TO = "It gets an email with the reference and a link, and nothing personal."
NO_ADDRESS = "It has no email address here: tell it about the referral yourself."
NOTHING = "nothing"
ANSWER_BY = "The last day. Leave it empty for the usual number of working days."


class InterestForm(GovukForm):
    """Carries what the page showed, so that a step from a page that is out of date is refused."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)
    questions: tuple[Question, ...] = ()
    button = "Continue"
    send = ""  # what the button under the letter says

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        super().__init__(*args, initial={"shown": interest.shown_as}, **kwargs)
        self.interest = interest
        back = Link("Back to the enquiry", interest.enquiry.get_absolute_url())
        self.helper.layout = Layout(*self.questions, "shown", Continue(self.button, back))

    def chosen(self) -> dict[str, Any]:
        """The answers as the step's service takes them."""
        return self.cleaned_data

    @property
    def letter(self) -> str:
        """The letter that goes with the step, to be read before it is taken; empty when there is none."""
        return ""

    def show_refusal(self, words: str) -> None:
        """The page again, with what was typed, the reason, and the state as it is now."""
        self.add_error(None, words)
        self.interest.refresh_from_db()
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # what was posted, lists included
        data["shown"] = self.interest.shown_as
        self.data = data


class ReferForm(InterestForm):
    """Shows what the partner will see, before it is done; a rule that changed meanwhile is shown again."""

    partner = ChoiceField(label="Which partner should have it?", missing="Select a partner")
    rule = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)
    questions = (Question("partner"),)
    button = "Refer to this partner"

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        super().__init__(*args, interest=interest, **kwargs)
        partners = interest.programme.partners.acting().exclude(referrals=interest)
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
    button, send = "See the letter", "Record and send"

    @property
    def letter(self) -> str:
        said = letters_provider.not_eligible(self.interest, reason=self.cleaned_data["reason"])
        return letters_provider.whole(self.interest.enquiry, said)


class DeclineForm(InterestForm):
    """A no that helps: with a reason from the list, and with at least one thing that the provider can do instead."""

    CALL = "call"

    reason = ChoiceField(label="Why is it declined?", missing="Select a reason", choices=Interest.WhyDeclined.choices)
    options = MultipleChoiceField(
        label="What can the provider do instead?",
        required=False,
        missing="Select or enter at least one thing that the provider can do instead",
    )
    onward_options = TextField(
        label="Something else that the provider can do",
        help_text="For example another group, or somebody else who helps.",
        required=False,
        noun="What the provider can do instead",
        max_length=2000,
    )
    questions = (Question("reason"), Question("options", optional=False), Question("onward_options"))
    button, send = "See the letter", "Decline and send"

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        super().__init__(*args, interest=interest, **kwargs)
        asked = interest.enquiry.interests.values("programme")
        self.others = {one.slug: one for one in Programme.objects.open_on().exclude(pk__in=asked).order_by("title")}
        offers = [(slug, f"Apply for {one.title}") for slug, one in self.others.items()]
        field: Any = self.fields["options"]
        field.choices = [*offers, (self.CALL, "Call us and talk about it")]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not {"options", "onward_options"} & self.errors.keys() and not self._onward():
            self.add_error("options", DeclineForm.base_fields["options"].missing)  # type: ignore[attr-defined]
        return given

    def chosen(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"reason": given["reason"], "onward_options": self._onward(), "shown": given["shown"]}

    @property
    def letter(self) -> str:
        given = self.chosen()
        said = letters_provider.declined(self.interest, reason=given["reason"], onward_options=given["onward_options"])
        return letters_provider.whole(self.interest.enquiry, said)

    def _onward(self) -> str:
        """What was chosen and written, a line for each."""
        contact = settings.COUNCIL.contact
        chosen = self.cleaned_data.get("options") or []
        lines = [_offer(self.others[slug]) for slug in chosen if slug in self.others]
        if self.CALL in chosen:
            lines.append(f"Call us on {contact.telephone} ({contact.opening_hours}): we look for a way together.")
        return "\n".join(filter(None, [*lines, self.cleaned_data.get("onward_options", "")]))


class CorrectForm(InterestForm):
    explanation = TextField(
        label="What was wrong?",
        help_text="The provider reads this. The programme is then open again, and you can decide anew.",
        missing="Explain to the provider what was wrong",
        noun="The explanation",
        max_length=2000,
    )
    questions = (Question("explanation"),)
    button, send = "See the letter", "Correct and send"

    @property
    def letter(self) -> str:
        said = letters_provider.corrected(self.interest, explanation=self.cleaned_data["explanation"])
        return letters_provider.whole(self.interest.enquiry, said)


def _offer(programme: Programme) -> str:
    return f"Apply for “{one_line(programme.title)}”: {settings.BASE_URL}{programme.get_absolute_url()}"


def _places(left: int | None) -> str:
    if left is None:
        return "No fixed number of places"
    return f"{left} place{'' if left == 1 else 's'} left" if left else "Full"
