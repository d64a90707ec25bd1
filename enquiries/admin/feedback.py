"""What people say about the service, for officers: how satisfied they are by month and page, and their comments."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Avg, Count, QuerySet
from django.db.models.functions import TruncMonth
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from enquiries.admin.forms_feedback import FeedbackFilter
from enquiries.models import Feedback

PAGE_LENGTH, MONTHS, PAGES = 50, 24, 40


@open_to("staff")
@require_safe
def page(request: SignedInRequest) -> HttpResponse:
    """Comments are other people's texts: shown as they are, and never as anything else."""
    if not request.user.has_perm("enquiries.view_feedback"):
        raise PermissionDenied
    form = FeedbackFilter(request.GET)
    found = form.choose_from(Feedback.objects.all())
    tables = [("By month", "Month", _by_month(found)), ("By page", "Page", _by_page(found))]
    kept = Paginator(found.exclude(comment=""), PAGE_LENGTH).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"title": "Feedback", "form": form, "tables": tables, "page": kept}
    whole = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, "admin/enquiries/feedback.html", whole)


def _by_month(found: "QuerySet[Feedback]") -> list[tuple[str, int, float]]:
    months = found.order_by().annotate(month=TruncMonth("made_on")).values_list("month")
    counted = months.annotate(number=Count("pk"), mean=Avg("rating")).order_by("-month")[:MONTHS]
    return [(f"{month:%B %Y}", number, mean) for month, number, mean in counted]


def _by_page(found: "QuerySet[Feedback]") -> list[tuple[str, int, float]]:
    counted = found.order_by().values_list("route").annotate(number=Count("pk"), mean=Avg("rating"))
    return [(route or "Not said", number, mean) for route, number, mean in counted.order_by("-number", "route")[:PAGES]]
