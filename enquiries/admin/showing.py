"""A page of the workspace about enquiries, from its template."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone


def page_for(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    clock = {"now": timezone.now(), "today": timezone.localdate()}
    whole = {**admin.site.each_context(request), "title": title, **clock, **context}
    return TemplateResponse(request, f"admin/enquiries/{template}.html", whole)
