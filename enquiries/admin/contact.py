"""Whom we write to, corrected by an officer whom the provider told: a mistyped address, a new manager (PRIVACY G5)."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.fields import AddressField, ChoiceField, LineField, TelephoneField
from careportal.kit.forms import GovukForm
from careportal.kit.layout import Continue, Link, Question
from careportal.kit.templatetags.govuk import spaced
from enquiries import services
from enquiries.admin.showing import page_for
from enquiries.admin.steps import MAIL_STEPS
from enquiries.exceptions import AddressRefused, ChangedMeanwhile
from enquiries.models import Enquiry, Event, HowTold

CALLED = {"name": "name", "email": "email address", "telephone": "telephone number"}


class ContactForm(GovukForm):
    """It carries which version it shows, so that no newer one is written over."""

    name = LineField(label="Full name", missing="Enter the full name", max_length=120)
    email = AddressField(label="Email address", missing="Enter the email address")
    telephone = TelephoneField(label="Telephone number", required=False)
    told = ChoiceField(
        label="How did the provider tell you?", missing="Select how the provider told you", choices=HowTold.choices
    )
    shown = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)

    def __init__(self, *args: Any, enquiry: Enquiry, **kwargs: Any) -> None:
        now = enquiry.contact
        initial = {"name": now.name, "email": now.email, "telephone": spaced(now.telephone), "shown": now.mark}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["name"].required = bool(now.name)
        self.helper.layout = Layout(
            Question("name", autocomplete="off"),
            Question("email", autocomplete="off"),
            Question("telephone", autocomplete="off", width="20"),
            Question("told", size="s"),
            "shown",
            Continue("Save", Link("Back to the enquiry", enquiry.get_absolute_url())),
        )

    def chosen(self) -> dict[str, Any]:
        return {**self.cleaned_data, "told": HowTold(self.cleaned_data["told"])}


@open_to("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name, address and number as the provider told them. Where they are others meanwhile, those are shown."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    enquiry = get_object_or_404(Enquiry, pk=pk)
    form = ContactForm(request.POST if request.method == "POST" else None, enquiry=enquiry)
    try:
        if form.is_valid() and _save(request, enquiry, form):
            return redirect(enquiry)
    except ChangedMeanwhile as refusal:
        messages.warning(request, str(refusal))
        return redirect("admin:enquiries_enquiry_contact", pk)
    return page_for(request, "contact", "Change contact details", enquiry=enquiry, form=form)


def _save(request: SignedInRequest, enquiry: Enquiry, form: ContactForm) -> bool:
    old = enquiry.contact.email
    try:
        services.correct_contact(enquiry_id=enquiry.pk, officer=request.user, **form.chosen())
    except AddressRefused as refusal:
        form.add_error("email", str(refusal))
        return False
    messages.success(request, "The contact details are saved.")
    if form.cleaned_data["email"] != old:
        _remind(request, enquiry, old)
    return True


def _remind(request: SignedInRequest, enquiry: Enquiry, old: str) -> None:
    """What did not arrive at the old address is sent on by hand, and each enquiry is changed for itself."""
    found = enquiry.mails.filter(recipient=old, state__in=MAIL_STEPS["resend"].states).count()
    if found:
        said = "1 mail to the old address has" if found == 1 else f"{found} mails to the old address have"
        them = "it" if found == 1 else "them"
        messages.warning(request, f"{said} not arrived. Under “Mail” you can send {them} to the new address.")
    others = Enquiry.objects.open().reached_at(old).exclude(pk=enquiry.pk).prefetch_related("contact_versions")
    left = sum(other.contact.email.lower() == old.lower() for other in others)
    if left:
        said = "1 other open enquiry is" if left == 1 else f"{left} other open enquiries are"
        messages.warning(request, f"{said} written to at the old address too. See “Other enquiries”.")


def what_changed(event: Event) -> str:
    """In words, for a line of the history; empty for lines about anything else."""
    if event.kind != Event.Kind.CONTACT_CHANGED:
        return ""
    told = event.detail.get("told")
    how = [f"told {HowTold(told).label.lower()}"] if told in HowTold.values else []
    return ", ".join([*(CALLED[what] for what in event.detail.get("changed", []) if what in CALLED), *how])
