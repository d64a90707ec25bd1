"""Nothing is asked twice: an application that a member begins starts with what the organisation has told before."""

from typing import Any

from careportal.kit.components import SummaryRow
from enquiries.application import forms
from enquiries.application.forms import PageForm
from enquiries.application.journey import Journey
from enquiries.models import Draft
from providers.models import Membership

PAGES: dict[str, type[PageForm]] = {
    "service": forms.ServiceForm,
    "postcode": forms.PostcodeForm,
    "people": forms.PeopleForm,
    "registered": forms.RegisteredForm,
    "size": forms.SizeForm,
    "organisation": forms.OrganisationForm,
    "contact": forms.ContactForm,
}


def begin_with_what_is_known(draft: Draft, membership: Membership) -> None:
    """Put the answers of before on their pages, as if they had been typed. What does not fit today is asked anew."""
    draft.provider = membership.provider
    for name, typed in _known(membership).items():
        form = PAGES[name](typed, journey=Journey(draft))
        if form.is_valid():
            draft.answers[name] = form.entry()


def told_before(draft: Draft) -> dict[str, dict[str, Any]]:
    """What an application says about the organisation and its contact, in the form in which it is kept."""
    return {name: draft.cleaned(name) for name in PAGES}


def summary(journey: Journey, address_of: Any) -> list[SummaryRow]:
    """What is known already, each with the link to change it. Pages it does not need are left out."""
    asked = {page.name for page in journey.pages()}
    return [
        SummaryRow(question, answer, address_of(name))
        for name in PAGES
        if name in asked and name in journey.draft.answers
        for question, answer in journey.draft.said(name)
    ]


def _known(membership: Membership) -> dict[str, dict[str, str]]:
    provider, user = membership.provider, membership.user
    return {
        "service": {"provider_type": provider.type},
        "postcode": {"postcode": provider.postcode},
        "people": {"place_of_care": provider.place_of_care},
        "registered": {"cqc_registered": provider.cqc_registered},
        "size": {"size_band": provider.size_band},
        "organisation": {"organisation": provider.name},
        "contact": {
            "full_name": membership.contact_name or user.name,
            "email": user.email,
            "telephone": membership.telephone,
        },
    }
