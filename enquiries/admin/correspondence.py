"""Writing to the provider, on pages of their own: the words, then the letter as it will be read, then it goes."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.placeholders import UnknownPlaceholder, fill
from enquiries import letters_provider, services
from enquiries.admin.forms_correspondence import LetterForm, QuestionForm
from enquiries.admin.previews import is_read, preview, wants_to_change
from enquiries.admin.to_partner import to_partner
from enquiries.exceptions import Refused
from enquiries.models import Enquiry, Message, ReplyTemplate


@open_to("officer")
@require_http_methods(["GET", "POST"])
def write(request: SignedInRequest, pk: int) -> HttpResponse:
    """A message, from scratch or from a template."""
    return _letter(
        request, pk, LetterForm, services.write_to_provider, "Write to the provider", "The message is on its way."
    )


@open_to("officer")
@require_http_methods(["GET", "POST"])
def ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """A question with a day, and a page to answer on."""
    return _letter(request, pk, QuestionForm, services.ask_provider, "Ask a question", "The question is on its way.")


def urls(admin_view: Callable[..., Any]) -> list[URLPattern]:
    return [
        path("<int:pk>/write/", admin_view(write), name="enquiries_enquiry_write"),
        path("<int:pk>/to-partner/<int:interest>/", admin_view(to_partner), name="enquiries_enquiry_to_partner"),
        path("<int:pk>/ask/", admin_view(ask), name="enquiries_enquiry_ask"),
    ]


def shown_on(enquiry: Enquiry, may_change: bool) -> dict[str, Any]:
    """What the enquiry's page tells of it, from rows that are fetched already."""
    written = list(enquiry.messages.all())
    answers = {message.answers_id: message for message in written if message.answers_id}
    programmes = {interest.pk: interest for interest in enquiry.interests.all()}
    came = {mail.became_id: mail for mail in enquiry.incoming.all() if mail.became_id}
    for message in written:
        message.interest = programmes.get(message.interest_id or 0)
        message.came = came.get(message.pk)  # type: ignore[attr-defined]  # for the page alone
    return {
        "correspondence": [(one, answers.get(one.pk)) for one in written if not one.answers_id],
        "may_change": may_change,
        "may_write": may_change and enquiry.state != Enquiry.State.CLOSED,
        "may_ask": enquiry.state in {Enquiry.State.IN_TRIAGE, Enquiry.State.WITH_PARTNER},
    }


def by_programme(enquiry: Enquiry) -> dict[int | None, list[Message]]:
    """The messages about each of its programmes, from rows that are fetched already."""
    about: dict[int | None, list[Message]] = defaultdict(list)
    for message in enquiry.messages.all():
        about[message.interest_id].append(message)
    return about


def _letter(
    request: SignedInRequest,
    pk: int,
    form_class: type[LetterForm],
    service: Callable[..., Any],
    title: str,
    done: str,
) -> HttpResponse:
    if not request.user.has_perm("enquiries.change_enquiry"):
        raise PermissionDenied
    enquiry = get_object_or_404(Enquiry.objects.prefetch_related("interests"), pk=pk)
    templates = list(ReplyTemplate.objects.all())
    chosen = _filled(request, enquiry, templates) if request.method == "GET" else ""
    form = form_class(request.POST if request.method == "POST" else None, enquiry=enquiry, template=chosen)
    if form.is_valid() and not wants_to_change(request):
        if not is_read(request, form.letter):
            return preview(request, enquiry, form, form.letter, title=title)
        if _sent(request, form, service, done):
            return redirect(enquiry)
    context = {"enquiry": enquiry, "form": form, "title": title, "templates": templates}
    return TemplateResponse(request, "admin/enquiries/write.html", {**admin.site.each_context(request), **context})


def _sent(request: SignedInRequest, form: LetterForm, service: Callable[..., Any], done: str) -> bool:
    try:
        service(enquiry_id=form.enquiry.pk, officer=request.user, **form.cleaned_data)
    except Refused as refusal:
        form.show_refusal(str(refusal))
        return False
    messages.success(request, done)
    return True


def _filled(request: HttpRequest, enquiry: Enquiry, templates: list[ReplyTemplate]) -> str:
    """The template that was asked for, filled in; one that cannot be is given as it is, and refused when it is sent."""
    wanted = request.GET.get("template", "")
    text = next((template.text for template in templates if str(template.pk) == wanted), "")
    try:
        return fill(text, letters_provider.values(enquiry))
    except UnknownPlaceholder:
        return text
