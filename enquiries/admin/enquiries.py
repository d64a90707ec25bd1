from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import duplicates, queries, services
from enquiries.admin import calling, contact, correspondence, exports, incoming_enquiry, many, queue, views
from enquiries.admin.documents import document
from enquiries.admin.ended import ended
from enquiries.admin.entering import enter, fill_in
from enquiries.admin.forms import NoteForm
from enquiries.admin.going_live import go_live
from enquiries.admin.interests import interest_step, offered_on
from enquiries.admin.joining import join
from enquiries.admin.places import places
from enquiries.admin.rules import rules
from enquiries.admin.steps import (
    ENQUIRY_STEPS,
    found_or_404,
    offered_for,
    perform,
    steps_of,
)
from enquiries.admin.walk import walk_of
from enquiries.models import Enquiry, Event, IncomingMail, Interest, Message, Note, OutgoingMail
from providers import directory


@admin.register(Enquiry)
class EnquiryAdmin(admin.ModelAdmin):
    """Enquiries are read and moved on by named steps; nothing about them is typed over, added or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Enquiry | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        step = self.admin_site.admin_view(_step)
        paper = self.admin_site.admin_view(document)
        interest, note = self.admin_site.admin_view(interest_step), self.admin_site.admin_view(self._note)
        return [
            path("add/", self.admin_site.admin_view(enter), name="enquiries_enquiry_add"),
            path("<int:pk>/fill-in/", self.admin_site.admin_view(fill_in), name="enquiries_enquiry_fill_in"),
            path("<int:pk>/call/", self.admin_site.admin_view(calling.change), name="enquiries_enquiry_call"),
            path("<int:pk>/contact/", self.admin_site.admin_view(contact.change), name="enquiries_enquiry_contact"),
            path("<int:pk>/join/", self.admin_site.admin_view(join), name="enquiries_enquiry_join"),
            path("places/<int:pk>/", self.admin_site.admin_view(places), name="enquiries_places"),
            path("ended/", self.admin_site.admin_view(ended), name="enquiries_ended"),
            path("go-live/<int:pk>/", self.admin_site.admin_view(go_live), name="enquiries_go_live"),
            path("rules/<int:pk>/", self.admin_site.admin_view(rules), name="enquiries_rules"),
            *queue.urls(self.admin_site),
            *views.urls(self.admin_site),
            *many.urls(self.admin_site),
            path("<int:pk>/documents/<uuid:number>/", paper, name="enquiries_enquiry_document"),
            path("<int:pk>/note/", note, name="enquiries_enquiry_note"),
            path("<int:pk>/do/<slug:name>/", step, name="enquiries_enquiry_step"),
            path("<int:pk>/programmes/<int:interest>/<slug:name>/", interest, name="enquiries_interest_step"),
            *correspondence.urls(self.admin_site.admin_view),
            *incoming_enquiry.urls(self.admin_site),
            *exports.addresses(self.admin_site),
            *super().get_urls(),
        ]

    def changelist_view(
        self,
        request: SignedInRequest,  # type: ignore[override]
        extra_context: Any = None,
    ) -> HttpResponse:
        """The queue: what did not reach its inbox first, then new ones."""
        self._must_view(request)
        return queue.show(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One enquiry, whole: what was asked, what was mailed, what happened, and what can be done next."""
        self._must_view(request)
        return self._show(request, found_or_404(_whole(), object_id))

    @method_decorator([open_to("officer"), require_POST])
    def _note(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """Keep a note. One that cannot be kept is shown again, on the enquiry's page."""
        if not request.user.has_perm("enquiries.change_enquiry"):
            raise PermissionDenied
        enquiry = found_or_404(_whole(), str(pk))
        form = NoteForm(request.POST, enquiry=enquiry)
        if not form.is_valid():
            return self._show(request, enquiry, form)
        services.add_note(enquiry_id=pk, officer=request.user, text=form.cleaned_data["text"])
        messages.success(request, "The note is kept.")
        return redirect(enquiry)

    def _show(self, request: Any, enquiry: Enquiry, note_form: NoteForm | None = None) -> HttpResponse:
        may_change = self.has_change_permission(request, enquiry)
        steps = offered_for(enquiry, request.user) if may_change else []
        title = f"{enquiry.reference} {enquiry.called}"
        about = correspondence.by_programme(enquiry)
        story = {
            "interests": [
                (one, offered_on(one, about[one.pk]) if may_change else []) for one in enquiry.interests.all()
            ],
            "contact": enquiry.contact,
            "mails": _mails(enquiry, may_change),
            "history": _history(enquiry),
            "likenesses": duplicates.like(enquiry),
            "can_be_called_now": calling.can_be_called_now(enquiry),
            "hint": _hint(enquiry),
            "location": directory.at(enquiry.cqc_location_id),
            "data_of": directory.data_of() if enquiry.cqc_location_id else None,
            "open_elsewhere": queries.open_elsewhere(enquiry, request.user),
            **correspondence.shown_on(enquiry, may_change),
            **incoming_enquiry.shown_on(enquiry),
            "walk": walk_of(request, enquiry),
            "note_form": (note_form or NoteForm(enquiry=enquiry)) if may_change else None,
        }
        return self._page(request, "enquiry", title, enquiry=enquiry, steps=steps, **story)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The history is on the enquiry's own page."""
        return redirect("admin:enquiries_enquiry_change", object_id)

    def _must_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        clock = {"now": timezone.now(), "today": timezone.localdate()}
        whole = {**self.admin_site.each_context(request), "title": title, **clock, **context}
        return TemplateResponse(request, f"admin/enquiries/{template}.html", whole)


@open_to("officer")
@require_POST
def _step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    enquiry = get_object_or_404(Enquiry, pk=pk)
    shown = request.POST.get("shown", "")
    perform(request, ENQUIRY_STEPS, name, about=enquiry.reference, enquiry_id=pk, shown=shown)
    return redirect(enquiry)


def _mails(enquiry: Enquiry, may_change: bool) -> list[tuple[OutgoingMail, list[Any], bool]]:
    """Each mail with the steps that it offers, and whether it may go to another address."""
    return [(mail, *steps_of(mail, may_change)) for mail in enquiry.mails.all()]


def _history(enquiry: Enquiry) -> list[tuple[Event, str]]:
    """Each line of the history with the kind of mail or the programme that it is about, or what of the contact."""
    kinds = {mail.pk: mail.get_kind_display().lower() for mail in enquiry.mails.all()}
    programmes = {interest.pk: interest.name for interest in enquiry.interests.all()}
    about = [(event, event.detail.get("mail"), event.detail.get("interest")) for event in enquiry.events.all()]
    return [
        (event, kinds.get(mail) or programmes.get(interest) or contact.what_changed(event))
        for event, mail, interest in about
    ]


def _partner_asked_last(enquiry: Enquiry) -> bool:
    """From rows that are fetched already."""
    came = [one for one in enquiry.messages.all() if enquiry.answered_at and one.at >= enquiry.answered_at]
    return bool(came) and came[0].is_from_partner


def _hint(enquiry: Enquiry) -> str:
    """What may be done next with the whole enquiry. It is offered, never done by itself."""
    if enquiry.is_incomplete and enquiry.state != Enquiry.State.CLOSED:
        return "It came by email and does not say yet what it asks for. Fill in its details: then you can decide."
    states = {interest.state for interest in enquiry.interests.all() if not interest.is_decided}
    if any(interest.given_back_by_id for interest in enquiry.interests.all()):
        return "A partner gave a programme back. Decide about it again: refer it to another partner, offer or decline."
    if enquiry.answered_at and _partner_asked_last(enquiry):
        return "A partner has asked something. Answer it below, then say that you have dealt with the answer."
    if enquiry.answered_at:
        return "The provider has answered. Write back, decide, or say that you have dealt with the answer."
    if waits := _hint_about_places(enquiry):
        return waits
    if enquiry.state == Enquiry.State.IN_TRIAGE and states == {Interest.State.REFERRED}:
        return "All that is undecided is with a partner. You can set the enquiry to “With a partner”."
    if enquiry.state in {Enquiry.State.IN_TRIAGE, Enquiry.State.WITH_PARTNER} and enquiry.decided_at and not states:
        return "Everything is decided. You can close the enquiry when nothing is left to do."
    if enquiry.state == Enquiry.State.NEW:
        return "Take the enquiry to decide about its programmes."
    if enquiry.state == Enquiry.State.WAITING:
        return "The enquiry waits for the provider. Take it back to triage to decide about its programmes."
    return ""


def _hint_about_places(enquiry: Enquiry) -> str:
    """A closed enquiry is not in the line for a place: whoever closes one should know."""
    pending = {Interest.State.WAITING_LIST, Interest.State.OFFERED} & {one.state for one in enquiry.interests.all()}
    if pending and enquiry.state == Enquiry.State.CLOSED:
        return "A programme still waits here. While the enquiry is closed, no place is offered to it. Re-open it first."
    if pending and enquiry.decided_at and enquiry.state in {Enquiry.State.IN_TRIAGE, Enquiry.State.WITH_PARTNER}:
        return "Keep the enquiry open while it waits for a place or for an answer. A closed one is offered no place."
    return ""


def _decidable() -> "QuerySet[Interest]":
    """What a programme's part of the page shows, and what its steps depend on."""
    related = Interest.objects.with_position().select_related(
        "programme", "intake", "offered_intake", "referred_to", "given_back_by"
    )
    return related.prefetch_related("programme__partners", "outcomes", "intake_answers__intake")


def _whole() -> "QuerySet[Enquiry]":
    return Enquiry.objects.select_related("owner", "joined_to", "provider").prefetch_related(
        Prefetch("joined", Enquiry.objects.only("reference", "received_at", "joined_to")),
        Prefetch("interests", _decidable()),
        Prefetch("mails", OutgoingMail.objects.defer("raw", "text").order_by("created_at", "pk")),
        "mails__attempts",
        Prefetch("incoming", IncomingMail.objects.listed().select_related("decided_by").order_by("received_at", "pk")),
        Prefetch("events", Event.objects.select_related("by")),
        Prefetch("messages", Message.objects.select_related("by", "mail").defer("mail__raw", "mail__text")),
        "attachments",
        "contact_versions",
        Prefetch("notes", Note.objects.select_related("by")),
    )
