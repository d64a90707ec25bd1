from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from careportal.kit.fields import ChoiceField, LineField, MultipleChoiceField, TextField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Link, Question
from enquiries import queries
from enquiries.models import Enquiry, OutgoingMail


class MailListForm(GovukForm):
    """Which mails the list shows; what needs somebody, unless something else is asked for. Sent by GET."""

    NEEDS_SOMEBODY = "needs-somebody"
    KINDS = (
        (OutgoingMail.Kind.ROUTING, "To the inbox"),
        (OutgoingMail.Kind.ACKNOWLEDGEMENT, "Acknowledgement"),
        (OutgoingMail.Kind.MESSAGE, "To the provider"),
        (OutgoingMail.Kind.REFERRAL, "To a partner"),
        (OutgoingMail.Kind.NEWS, "Something came"),
        (OutgoingMail.Kind.RESULTS, "What a service can get"),
        (OutgoingMail.Kind.NOTICE, "To the team"),
        (OutgoingMail.Kind.CONFIRMATION, "To confirm an alert"),
        (OutgoingMail.Kind.ALERT, "Alert"),
        (OutgoingMail.Kind.RIGHTS_RECEIVED, "About information: received"),
        (OutgoingMail.Kind.RIGHTS, "About information"),
    )
    SHOWN = (
        (NEEDS_SOMEBODY, "What needs somebody"),
        ("delayed", "Delayed"),
        ("uncertain", "Uncertain"),
        ("failed", "Failed"),
        ("on-its-way", "On its way"),
        ("sent", "Sent"),
        ("cancelled", "Not sent"),
        ("all", "All mail"),
    )
    marks_optional = False

    state = ChoiceField(label="Show", required=False, choices=SHOWN)
    kind = MultipleChoiceField(label="Only", required=False, choices=KINDS)

    def __init__(self, data: QueryDict) -> None:
        asked = data.copy()
        if asked.get("state") not in dict(self.SHOWN):
            asked["state"] = self.NEEDS_SOMEBODY
        super().__init__(asked)
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Question("state", small=True), Question("kind", small=True), Continue("Show", kind="secondary")
        )
        self.is_valid()

    @property
    def shown(self) -> str:
        return self.cleaned_data.get("state") or self.NEEDS_SOMEBODY

    @property
    def chosen_count(self) -> int:
        return (self.shown != self.NEEDS_SOMEBODY) + len(self.cleaned_data.get("kind") or [])

    def choose_from(self, mails: "QuerySet[OutgoingMail]") -> "QuerySet[OutgoingMail]":
        """What needs somebody comes with the oldest first, as it waits; a look back begins with the newest."""
        if kinds := self.cleaned_data.get("kind"):
            mails = mails.filter(kind__in=kinds)
        return mails.filter(self._asked()).order_by("pk" if self.shown == self.NEEDS_SOMEBODY else "-pk")

    def _asked(self) -> Q:
        if self.shown == self.NEEDS_SOMEBODY:
            return queries.needs_somebody()
        if self.shown == "delayed":
            return queries.is_delayed()
        if self.shown == "on-its-way":
            return Q(state__in=queries.UNSENT)
        return Q() if self.shown == "all" else Q(state=self.shown)


class NoteForm(GovukForm):
    """An internal note. It posts to an address of its own; a refused one comes back with what was typed."""

    text = TextField(label="Add a note", missing="Enter a note", noun="The note", max_length=4000, rows=4)

    def __init__(self, *args: Any, enquiry: Enquiry, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="note-%s", **kwargs)
        self.helper.form_action = reverse("admin:enquiries_enquiry_note", args=[enquiry.pk])
        self.helper.layout = Layout(Question("text"), Continue("Add the note", kind="secondary"))


class AnotherAddressForm(GovukForm):
    """Where a mail goes instead. Which addresses are allowed is the service's to say."""

    address = LineField(
        label="Email address", max_length=254, missing="Enter an email address", widget=forms.EmailInput
    )

    def __init__(self, *args: Any, mail: OutgoingMail, back: str, **kwargs: Any) -> None:
        super().__init__(*args, initial={"address": _new_address(mail)}, **kwargs)
        self.mail = mail
        self.helper.layout = Layout(
            Question("address", autocomplete="off", width="two-thirds"),
            Continue("Send to this address", Link("Back to the mail", back)),
        )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address.lower() == self.mail.recipient.lower():
            raise forms.ValidationError("The mail goes to this address already. Enter another one, or send it again.")
        return address


def _new_address(mail: OutgoingMail) -> str:
    """Where the applicant is written to now, if the mail was written to where they were before."""
    return mail.enquiry.contact.email if mail.enquiry and mail.recipient in mail.enquiry.earlier_addresses else ""
