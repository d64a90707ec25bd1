"""The start page, and the pages that every public service has to have."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from careportal.kit.access import open_to
from programmes.models import Page, Programme


@open_to("anyone")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who the service is for, what there is, and how to begin."""
    offer = settings.COUNCIL.offer
    themes = [(theme.value, theme.label, text) for theme in Programme.Theme if (text := getattr(offer, theme.value))]
    about = Page.objects.listed().filter(slug="about").first()
    return render(request, "pages/home.html", {"themes": themes, "about": about})


def static_page(name: str) -> Callable[[HttpRequest], HttpResponse]:
    """The view of a page that is the same for everybody."""

    @open_to("anyone")
    @require_safe
    def page(request: HttpRequest) -> HttpResponse:
        return render(request, f"pages/{name}.html", {"settings": settings})

    return page
