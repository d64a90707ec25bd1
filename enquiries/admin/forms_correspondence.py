"""What officers are asked when they write to a provider."""

import datetime as dt
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone
from django.utils.dateformat import format as formatted

from careportal.kit.dates import DateField
from careportal.kit.fields import TextField, TickField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Link, Question
from careportal.kit.placeholders import UnknownPlaceholder, fill
from careportal.kit.working_days import add_working_days, is_working_day
from enquiries import letters_provider, quiet
from enquiries.models import Enquiry
from enquiries.services import correspondence
from programmes.models import ClosureDay

DAYS_TO_ANSWER, LATEST_ANSWER = 5, dt.timedelta(days=90)


class WritingForm(GovukForm):
    """Carries what the page showed, so that nothing is sent twice or past what a colleague has written meanwhile."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)
    questions: tuple[Question, ...] = (Question("text"),)
    button = "Send"

    def __init__(self, *args: Any, enquiry: Enquiry, **kwargs: Any) -> None:
        initial = {"shown": correspondence.shown_as(enquiry), **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)
        self.enquiry = enquiry
        back = Link("Back to the enquiry", enquiry.get_absolute_url())
        self.helper.layout = Layout(*self.questions, "shown", Continue(self.button, back))

    def show_refusal(self, words: str) -> None:
        """The page again, with what was typed, the reason, and the state as it is now."""
        self.add_error(None, words)
        self.enquiry.refresh_from_db()
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # what was posted
        data["shown"] = correspondence.shown_as(self.enquiry)
        self.data = data


class ToPartnerForm(WritingForm):
    text = TextField(
        label="Your message",
        help_text="Only the partner reads it, on its page of the referral. It learns nothing of the applicant that the "
        "sharing rule does not share, so leave such details out.",
        missing="Enter your message",
        noun="Your message",
        max_length=2000,
        rows=8,
    )


class LetterForm(WritingForm):
    text = TextField(
        label="Your message",
        help_text="The portal adds the greeting, the reference and the council’s name.",
        missing="Enter your message",
        noun="Your message",
        max_length=6000,
        rows=12,
    )
    button = "See the letter"

    def __init__(self, *args: Any, template: str = "", **kwargs: Any) -> None:
        super().__init__(*args, initial={"text": template}, **kwargs)

    def clean_text(self) -> str:
        """With its placeholders filled in: none ever leaves as it stands."""
        try:
            return fill(self.cleaned_data["text"], letters_provider.values(self.enquiry))
        except UnknownPlaceholder as unknown:
            raise forms.ValidationError(f"“{unknown}” cannot be filled in. Replace it or remove it") from unknown

    @property
    def letter(self) -> str:
        return letters_provider.whole(self.enquiry, self.cleaned_data["text"])


class QuestionForm(LetterForm):
    answer_by = DateField(
        label="Answer by",
        help_text="A working day. The clocks stand still until the answer comes.",
        missing="Enter the day by which you need the answer",
        noun="The day of the answer",
    )
    urgent = TickField(label="It is urgent: it cannot wait until after these days", required=False)
    questions = (Question("text", label="What do you want to know?"), Question("answer_by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.closed, today = ClosureDay.objects.days(), timezone.localdate()
        field: Any = self.fields["answer_by"]
        field.earliest, field.latest = today + dt.timedelta(days=1), today + LATEST_ANSWER
        self.initial["answer_by"] = quiet.next_day(add_working_days(today, DAYS_TO_ANSWER, self.closed), self.closed)
        if self["urgent"].value():
            self._ask_whether_urgent()

    def clean_answer_by(self) -> dt.date:
        day: dt.date = self.cleaned_data["answer_by"]
        if not is_working_day(day, self.closed):
            raise forms.ValidationError("The day of the answer must be a working day")
        if quiet.is_quiet(day) and not self["urgent"].value():
            self._ask_whether_urgent()
            later = formatted(quiet.next_day(day, self.closed), "j F Y")
            raise forms.ValidationError(f"Choose {later} or a later day, or say that it is urgent: {quiet.why(day)}")
        return day

    def _ask_whether_urgent(self) -> None:
        """Only of who wants an answer on one of the quiet days."""
        self.helper.layout.insert(len(self.questions), Question("urgent"))

    @property
    def letter(self) -> str:
        """The address of the page is made with the question, so it is only told that one will stand there."""
        asked, by = self.cleaned_data["text"], self.cleaned_data["answer_by"]
        return letters_provider.whole(
            self.enquiry, asked, answer_by=by, address="(the address of the page to answer on)"
        )
