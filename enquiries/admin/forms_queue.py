"""The forms around the queue: its filters, its search, and the names of saved views."""

import re
from typing import TYPE_CHECKING, Any, ClassVar

from crispy_forms.layout import Layout
from django import forms
from django.http import QueryDict

from careportal.kit.cleaning import fold
from careportal.kit.fields import ChoiceField, LineField, MultipleChoiceField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries import filters
from enquiries.models import Enquiry
from enquiries.models.enquiry import EnquiryQuerySet
from enquiries.queue import Known

if TYPE_CHECKING:
    from careportal.accounts.models import User

DUE = [("", "Any time"), ("overdue", "Overdue"), ("today", "Due today"), ("week", "Due this week")]
ONLY = [
    ("answered", "The provider has answered"),
    ("incomplete", "Details missing"),
    ("trouble", "Mail failed or uncertain"),
    ("waiting_list", "On a waiting list"),
    ("offer_ends", "An offer runs out today"),
    ("unacknowledged", "Not acknowledged by its partner in time"),
    ("given_back", "Given back by a partner"),
    ("register", "Changed in the CQC’s list"),
    ("callable", "Can be called now"),
]
SORT = [
    ("", "Lost mail and new first"),
    ("due", "Due first"),
    ("waiting", "Longest waiting"),
    ("received", "Newest"),
    ("call", "Can be called now, least time left first"),
]


class QueueForm(GovukForm):
    """What the queue shows. Sent by GET, so that a view of it can be kept; it holds no personal data.

    Only what is offered counts: anything else in the address is ignored (AD4). Without a state, open ones are shown.
    """

    marks_optional = False
    SEVERAL: ClassVar[set[str]] = {"state", "only"}

    state = MultipleChoiceField(label="State", required=False, choices=Enquiry.State.choices)
    owner = ChoiceField(label="Owner", required=False, widget=forms.Select)
    due = ChoiceField(label="Due", required=False, widget=forms.Select, choices=DUE)
    programme = ChoiceField(label="Programme", required=False, widget=forms.Select)
    partner = ChoiceField(label="With partner", required=False, widget=forms.Select)
    channel = ChoiceField(
        label="Came in", required=False, widget=forms.Select, choices=[("", "Any way"), *Enquiry.Channel.choices]
    )
    only = MultipleChoiceField(label="Only", required=False, choices=ONLY)
    sort = ChoiceField(label="Sort by", required=False, widget=forms.Select, choices=SORT)
    found = forms.RegexField("[a-z0-9]{1,16}", required=False, widget=forms.HiddenInput)

    def __init__(self, asked: QueryDict, known: Known) -> None:
        super().__init__(QueryDict(mutable=True))
        owners = [("", "Anybody"), ("me", "Me"), ("nobody", "Nobody"), *known.owner]
        for name, choices in (("owner", owners), ("programme", known.programme), ("partner", known.partner)):
            self.fields[name].choices = choices if name == "owner" else [("", "Any"), *choices]  # type: ignore[attr-defined]
        self.data = self.asked = self._offered(asked)
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.render_hidden_fields = True
        boxes = [Question(name, small=True) for name in ("state", "only")]
        selects = [Question(name, width="full") for name in ("owner", "due", "programme", "partner", "channel", "sort")]
        self.helper.layout = Layout(boxes[0], *selects[:-1], boxes[1], selects[-1], Continue("Show", kind="secondary"))
        self.is_valid()

    def _offered(self, asked: QueryDict) -> QueryDict:
        """What was asked for, without anything that is not offered, each thing once, in the form's order."""
        data = QueryDict(mutable=True)
        for name, field in self.fields.items():
            given = list(dict.fromkeys(asked.getlist(name)))[-1 if name not in self.SEVERAL else -20 :]
            known = {str(value) for value, _ in getattr(field, "choices", [])} - {""}
            fits = [value for value in given if value in known or (name == "found" and _is_key(value))]
            if fits:
                data.setlist(name, fits)
        return data

    @property
    def query(self) -> str:
        """The filters as they stand in an address: what a saved view keeps. A search is not among them."""
        kept = self.asked.copy()
        kept.pop("found", None)
        return kept.urlencode()

    @property
    def search_key(self) -> str:
        return self.cleaned_data.get("found") or ""

    @property
    def chosen_count(self) -> int:
        chosen = [values for name, values in self.asked.lists() if name not in {"found", "sort"}]
        return sum(map(len, chosen))

    def choose_from(self, *, officer: "User", words: str | None) -> EnquiryQuerySet:
        """`words` is what was searched for. None: it is not kept any longer, and nothing is found."""
        if words is None:
            return Enquiry.objects.none()
        return filters.choose(self.cleaned_data, officer=officer, words=words)


def _is_key(value: str) -> bool:
    return bool(re.fullmatch("[a-z0-9]{1,16}", value))


class SearchForm(GovukForm):
    """Words to find an enquiry by. Sent by POST: they are about people, and never stand in an address (AD12)."""

    marks_optional = False

    words = LineField(
        label="Reference, provider, contact, email, telephone, postcode, CQC id or words",
        missing="Enter what to search for",
        noun="What you search for",
        max_length=100,
    )

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if not re.search(r"[^\W_]{3}", fold(words)):
            raise forms.ValidationError("Enter at least 3 letters or digits in a row")
        return words


class ViewNameForm(GovukForm):
    """The name of a saved view."""

    name = LineField(label="Name of the view", missing="Enter a name", noun="The name", max_length=60)


class AssignForm(GovukForm):
    """Which officer an enquiry goes to: those who can work on it."""

    to = ChoiceField(label="Officer", missing="Select an officer", widget=forms.Select)

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "Select an officer"), *known.owner]  # type: ignore[attr-defined]
        self.fields["to"].required = True
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(Question("to", width="20"))
