"""The pages of an organisation: its applications, and those that could be added. Membership is asked at every click."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries import services, standing
from enquiries.forms_organisation import FoundForm
from enquiries.organisations import CHOSEN, applications_of, drafts_of, found_for
from providers.models import Membership
from providers.permissions import membership_of

PAGE_LENGTH, MOST_FOUND = 25, 50


@open_to("signed in")
@require_safe
@login_required
def mine(request: SignedInRequest) -> HttpResponse:
    """To the organisation of whoever asks; where there are several or none, what can be done."""
    memberships = list(Membership.objects.of(request.user).select_related("provider").order_by("provider__name", "pk"))
    if len(memberships) == 1:
        return redirect("enquiries:my-organisation-of", memberships[0].provider_id)
    if not memberships and request.user.partners.exists():
        return redirect("enquiries:partner")
    context = {"memberships": memberships, "found": found_for(request.user).count()}
    return _page(request, "mine", **context)


@open_to("signed in")
@require_safe
@login_required
def one(request: SignedInRequest, pk: int) -> HttpResponse:
    """One organisation: its applications, what is begun and not sent, what we know of it."""
    membership = membership_of(request.user, pk)
    provider = membership.provider
    applications = Paginator(applications_of(provider), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "mine": membership,
        "provider": provider,
        "page": applications,
        "applications": [(enquiry, standing.in_short(enquiry)) for enquiry in applications],
        "drafts": drafts_of(provider)[:PAGE_LENGTH],
        "found": found_for(request.user).count(),
        "people": provider.memberships.count(),
        "several": Membership.objects.of(request.user).count() > 1,
    }
    return _page(request, "one", **context)


@open_to("signed in")
@require_POST
@login_required
def apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin an application for this organisation."""
    request.session[CHOSEN] = membership_of(request.user, pk).provider_id
    return redirect("enquiries:apply")


@open_to("signed in")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def found(request: SignedInRequest) -> HttpResponse:
    """Applications that were sent from this person's proved address: one button adds them."""
    applications = list(found_for(request.user).prefetch_related("interests")[:MOST_FOUND])
    if not applications:
        return redirect("enquiries:my-organisation")
    organisations = [one.provider for one in Membership.objects.of(request.user).select_related("provider")]
    data = request.POST if request.method == "POST" else None
    form = FoundForm(data, found=applications, organisations=organisations)
    if form.is_valid():
        chosen = form.cleaned_data["references"]
        provider = services.add_to_organisation(user=request.user, references=chosen, provider_id=form.provider_id)
        if provider:
            messages.success(
                request, "The application is added." if len(chosen) == 1 else "The applications are added."
            )
            return redirect("enquiries:my-organisation-of", provider.pk)
        return redirect("enquiries:my-organisation")
    return _page(request, "found", form=form, applications=applications)


def _page(request: SignedInRequest, template: str, **context: object) -> HttpResponse:
    answer = render(request, f"enquiries/organisation/{template}.html", context)
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
