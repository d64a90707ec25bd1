"""What is asked beside the results of "What can my service get?"."""

from typing import TYPE_CHECKING, Any

from crispy_forms.layout import Layout

from careportal.kit.fields import AddressField, MultipleChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries.application.choosing import account_hint
from programmes.eligibility import Result
from programmes.models import Availability, Verdict

if TYPE_CHECKING:
    from enquiries.application.fit import Fit


class ApplyForThese(GovukForm):
    """Which of the programmes to apply for. A no by the rules is no obstacle: a person looks again."""

    def __init__(self, *args: Any, fit: "Fit", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        results = fit.can_apply()
        self.fields["programmes"] = MultipleChoiceField(
            label="What do you want to apply for?",
            help_text="Select all that apply. You do not have to answer the same questions again.",
            missing="Select at least one programme to apply for",
            choices=[(result.programme.slug, result.programme.title) for result in results],
            hints={result.programme.slug: _hint(result) for result in results},
        )
        self.helper.layout = Layout(Question("programmes", size="m"), Continue("Apply for these"))


def _hint(result: Result) -> str:
    second_look = "" if result.fits else "We ask an officer to look at your case."
    check = "An officer will check whether it fits." if result.verdict == Verdict.ASK else ""
    full = result.programme.availability() == Availability.WAITING_LIST
    waits = "It is full: you join the waiting list." if full else ""
    return " ".join(filter(None, [second_look or check, waits, account_hint(result.programme)]))


class SendToMyself(GovukForm):
    email = AddressField(
        label="Where shall we send your results?",
        help_text="We send one email with the programmes and why they fit or not. It holds none of your answers.",
        missing="Enter your email address",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Question("email", heading=True, caption="Your results"), Continue("Send"))
