"""What an officer says to whoever asked about their information."""

from typing import Any

from crispy_forms.layout import Layout

from careportal.kit.fields import ChoiceField, TextField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Link, Question
from enquiries.models import RightsRequest
from enquiries.models.rights import LONGEST


class RightsStepForm(GovukForm):
    """Each of these is sent to the person, so it is written to them."""

    button = "Send"

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        questions = [Question(name) for name in self.fields]
        self.helper.layout = Layout(*questions, Continue(self.button, Link("Back to the request", back)))


class ExtendForm(RightsStepForm):
    why = TextField(
        label="Why do you need up to two more months?",
        help_text="The person gets these words. The law allows it where the request is complex or there are many.",
        missing="Enter why you need longer",
        noun="The reason",
        max_length=1000,
    )


class QuestionForm(RightsStepForm):
    question = TextField(
        label="What do you need to know?",
        help_text="The person gets these words. The clock stands still until you say that there is an answer.",
        missing="Enter your question",
        noun="The question",
        max_length=2000,
    )


class AnswerForm(RightsStepForm):
    outcome = ChoiceField(label="Outcome", missing="Select an outcome", choices=RightsRequest.Outcome.choices)
    answer = TextField(
        label="What do you answer?",
        help_text="The person gets these words, and is told of the Information Commissioner and the Ombudsman. "
        "Do not put a copy of their information here: they download it, or you send it in a safe way.",
        missing="Enter your answer",
        noun="The answer",
        max_length=LONGEST,
        rows=10,
    )
    button = "Send the answer"


class CloseForm(RightsStepForm):
    why = TextField(
        label="Why is it closed without an answer?",
        help_text="The person gets these words: for example that it was taken back, or is no such request.",
        missing="Enter why it is closed",
        noun="The reason",
        max_length=1000,
    )
    button = "Close it"
