"""Tenders for care that are open: a plain list that leads out to the notices."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from careportal.kit.access import open_to
from providers.models import Tender, TenderImport

PAGE_LENGTH = 50


@open_to("anyone")
@require_safe
def tender_list(request: HttpRequest) -> HttpResponse:
    """First those that close first. Without any import only the websites where tenders are."""
    page = Paginator(Tender.objects.open_at(), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "last_import": TenderImport.objects.first(),
        "elsewhere": settings.COUNCIL.tenders.elsewhere,
    }
    return render(request, "providers/tenders.html", context)
