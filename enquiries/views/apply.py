"""Applying, page by page. What a page decides is in the journey and the services; here it is fetched and shown."""

import secrets
import uuid

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from careportal.accounts.models import User
from careportal.kit import client
from careportal.kit.access import open_to
from careportal.kit.refusals import answered, refuse
from enquiries import services
from enquiries.application.forms import SAVE, DeclarationForm, PageForm
from enquiries.application.journey import Journey, Page
from enquiries.application.profile import PAGES, summary
from enquiries.exceptions import (
    AccountNeeded,
    AlreadySentDifferently,
    AnswersChanged,
    ProgrammesChanged,
    TooMany,
    TransitionNotAllowed,
)
from enquiries.forms_feedback import FeedbackForm
from enquiries.models import Draft, Enquiry
from enquiries.organisations import applies_for
from programmes.models import Programme

OWNER = "applicant"
MOST_NAMED = 50  # programmes in an address


@open_to("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """What to apply for. A draft is made with the first answer, so looking leaves nothing behind."""
    journey = Journey(Draft())
    first = next(journey.pages())
    if asks_first := _asks_first(request):
        return render(request, "enquiries/apply/ask_first.html", {"programme": asks_first})
    if not journey.on_offer:
        return render(request, "enquiries/apply/nothing_open.html")
    if request.method != "POST":
        form = first.form(
            journey=journey, section=first.section, initial={"programmes": request.GET.getlist("programme")}
        )
        return _show(request, journey, first, form)
    form = journey.form(first, request.POST)
    if not form.is_valid():
        return _show(request, journey, first, form)
    if must_sign_in(request, journey, form.cleaned_data["programmes"]):
        return to_sign_in(request, _with_chosen(form.cleaned_data["programmes"]))
    owner = request.session.setdefault(OWNER, secrets.token_urlsafe(32))
    request.session.modified = True  # the session lasts as long as its newest draft
    try:
        draft = services.begin_application(
            owner=owner, origin=client.origin(request), entry=form.entry(), membership=applies_for(request)
        )
    except TooMany as refusal:
        refuse(form, refusal)
        return _show(request, journey, first, form)
    return _go_on_or_leave(request, Journey(draft))


@open_to("applicant's browser")
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def page(request: HttpRequest, draft_id: uuid.UUID, name: str) -> HttpResponse:
    """One page of an application under way. No page is shown before those in front of it are answered."""
    journey = Journey(own_draft(request, draft_id))
    if journey.draft.sent_as:
        return redirect("enquiries:sent", draft_id)
    page = journey.page(name)
    if page is None or _is_ahead(journey, page):
        return go_on(journey)
    if request.method != "POST":
        return _show(request, journey, page, journey.form(page))
    form = journey.form(page, request.POST)
    if not form.is_valid() and SAVE not in request.POST:
        return _show(request, journey, page, form)
    if page.name == "programmes" and must_sign_in(request, journey, form.cleaned_data.get("programmes", [])):
        return _to_sign_in_first(request, journey, form)
    keep_page(journey.draft, page, form)
    return _go_on_or_leave(request, journey.after(page))


@open_to("applicant's browser")
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """All answers, to be checked and sent."""
    if SAVE in request.POST:
        return redirect("enquiries:save", draft_id)
    if request.method == "POST":
        return _send(request, draft_id)
    return _show_check(request, own_draft(request, draft_id))


@open_to("applicant's browser")
@require_safe
def sent(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """The reference, and what happens next."""
    draft = own_draft(request, draft_id)
    if not draft.sent_as:
        return go_on(Journey(draft))
    enquiry = Enquiry.objects.prefetch_related("interests").get(reference=draft.sent_as)
    if enquiry.submit_key != draft.pk:
        return render(request, "enquiries/apply/filled_in.html", {"enquiry": enquiry})
    return render(request, "enquiries/apply/sent.html", {"enquiry": enquiry, "form": FeedbackForm()})


def _send(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    form = DeclarationForm(request.POST)
    if not form.is_valid() and not {"key", "content"} & set(form.errors):
        return _show_check(request, own_draft(request, draft_id), form)
    if form.errors or form.cleaned_data["key"] != draft_id:
        return _show_check(request, own_draft(request, draft_id), notice="Check your answers, then send them.")
    owner, seal = request.session.get(OWNER, ""), form.cleaned_data["content"]
    try:
        services.submit_application(draft_id=draft_id, owner=owner, seal=seal, user=_signed_in(request))
    except Draft.DoesNotExist as error:
        raise Http404 from error
    except AccountNeeded:
        return redirect_to_login(request.path)
    except TooMany as refusal:
        refuse(form, refusal)
        return _show_check(request, own_draft(request, draft_id), form)
    except AlreadySentDifferently:
        return render(request, "enquiries/apply/sent_differently.html", {"draft_id": draft_id}, status=409)
    except (AnswersChanged, ProgrammesChanged, TransitionNotAllowed) as refusal:
        return _show_check(request, own_draft(request, draft_id), notice=str(refusal))
    return redirect("enquiries:sent", draft_id)


def _show_check(
    request: HttpRequest, draft: Draft, form: DeclarationForm | None = None, notice: str = ""
) -> HttpResponse:
    journey = Journey(draft)
    if draft.sent_as:
        return redirect("enquiries:sent", draft.pk)
    if journey.next_page():
        return go_on(journey)
    fresh = {"key": draft.pk, "content": draft.seal()}
    if form is None or notice:
        form = DeclarationForm(initial=fresh)
    else:
        for name, value in fresh.items():
            form.replace(name, str(value))
    back = journey.address(list(journey.pages())[-1].name)
    context = {"journey": journey, "sections": journey.sections(), "form": form, "notice": notice, "back": back}
    return answered(render(request, "enquiries/apply/check.html", context), form)


def own_draft(request: HttpRequest, draft_id: uuid.UUID) -> Draft:
    """The draft, if it is this browser's; locked while it is being answered."""
    drafts = Draft.objects.of(draft_id, request.session.get(OWNER, ""), request.user)
    draft = (drafts.select_for_update(of=("self",)) if transaction.get_connection().in_atomic_block else drafts).first()
    if draft is None:
        raise Http404
    return draft


def _asks_first(request: HttpRequest) -> Programme | None:
    """The programme whose page led here, where applicants are to ask the council before they apply."""
    slugs = request.GET.getlist("programme")[:MOST_NAMED]
    named = Programme.objects.listed().filter(slug__in=slugs) if slugs else []
    return next((programme for programme in named if programme.asks_first), None)


def _signed_in(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def keep_page(draft: Draft, page: Page, form: PageForm) -> None:
    """A valid page with what it answers besides; one that is left before it is complete, as far as it was typed."""
    if form.is_valid():
        also, gone = form.also(), form.forgets()
        services.save_page(draft, page=page.name, entry=form.entry(), also=also, forgets=gone)
    else:
        services.save_page(draft, page=page.name, entry=form.unfinished())


def must_sign_in(request: HttpRequest, journey: Journey, slugs: list[str]) -> bool:
    """Whether one of these programmes is for people with an account, and nobody has signed in."""
    return not request.user.is_authenticated and journey.needs_account(slugs)


def to_sign_in(request: HttpRequest, address: str) -> HttpResponse:
    """What was chosen is still there after the sign-in (AZ18)."""
    messages.info(request, "You need an account to apply for one of the programmes you chose. Sign in to go on.")
    return redirect_to_login(address)


def _to_sign_in_first(request: HttpRequest, journey: Journey, form: PageForm) -> HttpResponse:
    """A new application is begun after that; one that fills in an enquiry goes on with what was chosen."""
    if not journey.fills_in:
        return to_sign_in(request, _with_chosen(form.cleaned_data["programmes"]))
    services.save_page(journey.draft, page="programmes", entry=form.unfinished())
    return to_sign_in(request, request.path)


def _with_chosen(slugs: list[str]) -> str:
    """The first page with these programmes ticked; nothing is stored yet."""
    return f"{reverse('enquiries:apply')}?{urlencode({'programme': slugs}, doseq=True)}"


def _is_ahead(journey: Journey, page: Page) -> bool:
    """Whether a page in front of this one still wants an answer. What an organisation told before can be changed."""
    if journey.draft.provider_id and page.name in PAGES and journey.is_answered(page):
        return False
    for earlier in journey.pages():
        if earlier.name == page.name:
            return False
        if not journey.is_answered(earlier):
            return True
    return False


def go_on(journey: Journey) -> HttpResponse:
    return redirect(next_address(journey))


def next_address(journey: Journey) -> str:
    """The next page that wants an answer, else checking; the results, where only what fits was looked at so far."""
    if "programmes" not in journey.draft.answers and "service" in journey.draft.answers:
        return reverse("enquiries:fit-results", args=[journey.draft.pk])
    following = journey.next_page()
    if following:
        return journey.address(following.name)
    return reverse("enquiries:check", args=[journey.draft.pk])


def _go_on_or_leave(request: HttpRequest, journey: Journey) -> HttpResponse:
    return redirect("enquiries:save", journey.draft.pk) if SAVE in request.POST else go_on(journey)


def _show(request: HttpRequest, journey: Journey, page: Page, form: object) -> HttpResponse:
    template = page.name if page.name in {"eligibility", "profile", "right"} else "page"
    context = {"journey": journey, "page": page, "form": form, "back": _way_back(journey, page)}
    context["was_read"] = journey.draft.was_read(page.name) if journey.fills_in else False
    if page.name == "profile":
        context["known"] = summary(journey, journey.address)
    return answered(render(request, f"enquiries/apply/{template}.html", context), form)


def _way_back(journey: Journey, page: Page) -> str:
    before = journey.previous_page(page.name)
    first = reverse("enquiries:complete" if journey.fills_in else "programmes:list")
    return journey.address(before.name) if before else first
