"""The forms around mail that came in: which of it is listed, and which enquiry one is added to."""

import re
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from careportal.kit.fields import ChoiceField, LineField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Question
from enquiries import codes
from enquiries.models import Enquiry, IncomingMail
from enquiries.models.incoming import IncomingMailQuerySet
from enquiries.references import as_written

_S, _Why = IncomingMail.State, IncomingMail.Why


class IncomingListForm(GovukForm):
    """Which mail the list shows; what is to sort, unless something else is asked for. Sent by GET."""

    SHOWN = (
        (_S.SORT, "To sort"),
        (_S.HELD, _S.HELD.label),
        (_S.ENQUIRY, "Became an enquiry"),
        (_S.MESSAGE, "Added to an enquiry"),
        (_S.AUTOMATIC, "Automatic"),
        (_S.OTHER, "Dealt with elsewhere"),
        (_S.SPAM, "Unwanted"),
        ("all", "All that was kept"),
    )
    marks_optional = False

    state = ChoiceField(label="Show", required=False, choices=SHOWN)
    why = ChoiceField(
        label="Why it is here", required=False, widget=forms.Select, choices=[("", "Any reason"), *_Why.choices]
    )

    found = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, asked: QueryDict, words: str | None = "") -> None:
        self.words = words
        data = QueryDict(mutable=True)
        state, why = str(asked.get("state", "")), str(asked.get("why", ""))
        data["state"] = state if state in dict(self.SHOWN) else _S.SORT
        data["why"] = why if why in _Why.values else ""
        if re.fullmatch("[a-z0-9]{1,16}", found := str(asked.get("found", ""))):
            data["found"] = found
        super().__init__(data)
        self.asked = data
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Question("state", small=True), Question("why", width="full"), "found", Continue("Show", kind="secondary")
        )
        self.is_valid()

    @property
    def shown(self) -> str:
        return self.cleaned_data["state"]

    @property
    def chosen_count(self) -> int:
        return (self.shown != _S.SORT) + bool(self.cleaned_data["why"]) + bool(self.cleaned_data["found"])

    def choose_from(self, mails: IncomingMailQuerySet) -> "QuerySet[IncomingMail]":
        """What is to sort comes with the oldest first, as it waits; a look back begins with the newest. Of what is held
        the likeliest to be genuine comes first."""
        if self.words is None:
            return mails.none()
        mails = mails.matching(self.words)
        if self.shown != "all":
            mails = mails.filter(state=self.shown)
        if why := self.cleaned_data["why"]:
            mails = mails.filter(why=why)
        if self.shown == _S.HELD:
            return mails.held()
        return mails.order_by("received_at", "pk") if self.shown == _S.SORT else mails.order_by("-received_at", "-pk")


class IncomingSearchForm(GovukForm):
    """Words to find a mail by. Sent by POST: they are about people."""

    marks_optional = False

    words = LineField(
        label="Search by sender, subject or words",
        missing="Enter what to search for",
        noun="What you search for",
        max_length=100,
    )


class BelongsForm(GovukForm):
    """The enquiry that a mail is added to. What was typed stands on the page, never in its address."""

    into = LineField(
        label="Reference of the enquiry",
        help_text="For example: 4K7-RWX-92M",
        missing="Enter the reference of the enquiry",
        noun="Reference",
        max_length=20,
    )
    shown = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enquiry: Enquiry | None = None
        self.helper.layout = Layout(Question("into", width="10"), "shown", Continue())

    def clean_into(self) -> str:
        reference = as_written(codes.bare(self.cleaned_data["into"]))
        self.enquiry = Enquiry.objects.select_related("provider").filter(reference=reference).first()
        if self.enquiry is None:
            raise forms.ValidationError("No enquiry has this reference. Check it and try again.")
        return reference
