"""Joining an enquiry to another one of the same provider: a small page that says what will happen."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.fields import LineField
from careportal.kit.layout import Continue, Link, Question
from enquiries import duplicates, services
from enquiries.application.forms import Resealed
from enquiries.exceptions import Refused
from enquiries.models import Enquiry


class JoinForm(Resealed):
    into = LineField(
        label="Reference of the enquiry that goes on",
        help_text="For example: ABC-123-DEF",
        missing="Enter the reference of the enquiry that goes on",
        noun="Reference",
        max_length=20,
    )
    shown = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)
    sure = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)

    def __init__(self, *args: Any, enquiry: Enquiry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("shown", enquiry.shown_as)
        back = Link("Back to the enquiry", enquiry.get_absolute_url())
        question = Question("into", width="10")
        self.helper.layout = Layout(question, "shown", "sure", Continue(f"Close {enquiry} and join it", back))


@open_to("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which enquiry goes on: suggested are open ones that look the same. Refusals are shown beside what was typed."""
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    enquiry = get_object_or_404(Enquiry.objects.prefetch_related("interests__programme"), pk=pk)
    likenesses = [one for one in duplicates.like(enquiry) if one.enquiry.state != Enquiry.State.CLOSED]
    likely = str(likenesses[0].enquiry) if len(likenesses) == 1 else ""
    form = JoinForm(request.POST if request.method == "POST" else None, enquiry=enquiry, initial={"into": likely})
    if form.is_valid() and _is_meant(form, likenesses):
        try:
            chosen = {name: form.cleaned_data[name] for name in ("into", "shown")}
            other = services.join(enquiry_id=pk, officer=request.user, **chosen)
            messages.success(request, f"{enquiry} is closed. This enquiry goes on for both.")
            return redirect(other)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "title": f"Join {enquiry} to another enquiry",
        "enquiry": enquiry,
        "form": form,
        "likenesses": likenesses,
    }
    return TemplateResponse(request, "admin/enquiries/join.html", {**admin.site.each_context(request), **context})


def _is_meant(form: JoinForm, likenesses: list[duplicates.Likeness]) -> bool:
    """A reference is soon mistyped: one that looks like another provider's is joined when it is sent a second time."""
    into = form.cleaned_data["into"].strip().upper()
    other = Enquiry.objects.filter(reference=into).first()
    if other is None or other in [one.enquiry for one in likenesses] or form.cleaned_data["sure"] == into:
        return True
    form.add_error(
        "into",
        f"{other} is from {', '.join(filter(None, [other.organisation, other.postcode])) or other.contact.email}, "
        "with other contact details. "
        "Check the reference. If it is the same provider, press the button again",
    )
    form.replace("sure", into)
    return False
