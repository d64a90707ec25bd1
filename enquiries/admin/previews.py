"""A letter is read, exactly as the provider will read it, before what it says is done and it goes."""

from typing import Any

from django.contrib import admin
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.crypto import constant_time_compare

from enquiries.letters_provider import mark
from enquiries.models import Enquiry

OURS = {"csrfmiddlewaretoken", "read", "change"}


def wants_to_change(request: HttpRequest) -> bool:
    """The letter was looked at and is not right yet: the form comes back as it was filled in."""
    return "change" in request.POST


def is_read(request: HttpRequest, letter: str) -> bool:
    """Whether the page before showed this very letter. Another one, or none, is shown first."""
    return constant_time_compare(request.POST.get("read", ""), mark(letter))


def preview(request: HttpRequest, enquiry: Enquiry, form: BaseForm, letter: str, **context: Any) -> HttpResponse:
    """The letter with two buttons. What was typed goes along, unseen."""
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in OURS and name.partition("-")[0] in form.fields
        for value in values
    ]
    page = {"enquiry": enquiry, "letter": letter, "typed": typed, "mark": mark(letter), **context}
    return TemplateResponse(request, "admin/enquiries/letter.html", {**admin.site.each_context(request), **page})
