"""The page that tells officers how the portal is doing."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from careportal import facts, verdicts
from careportal.kit.access import open_to
from careportal.verdicts import State


@open_to("staff")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What needs somebody first, then what works. The workspace's own guard turns strangers away."""
    lines = verdicts.lines(facts.everything())
    well = [line for line in lines if line.state in {State.WORKING, State.ABSENT}]
    context = {"title": "Status", "well": well, "unwell": [line for line in lines if line not in well]}
    return render(request, "admin/status.html", {**admin.site.each_context(request), **context})
