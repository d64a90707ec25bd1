"""Taking over an organisation whose owner is gone: a code to its second contact, then an officer's yes."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from careportal.kit.small_forms import CodeForm
from enquiries.forms_organisation import TakeOverForm
from enquiries.organisations import named
from providers import services
from providers.exceptions import Refused


@open_to("signed in")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask(request: SignedInRequest) -> HttpResponse:
    """Which organisation. The answer is the same whether we know it or not."""
    form = TakeOverForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.ask_for_handover(provider=named(form.cleaned_data["organisation"]), user=request.user)
        return redirect("enquiries:take-over-code")
    return render(request, "enquiries/organisation/take_over.html", {"form": form})


@open_to("signed in")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def prove(request: SignedInRequest) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.prove_handover(code=form.cleaned_data["code"], user=request.user)
            return render(request, "enquiries/organisation/take_over_asked.html")
        except Refused as refusal:
            form.add_error("code", str(refusal))
    return render(request, "enquiries/organisation/take_over_code.html", {"form": form})
