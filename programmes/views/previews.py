"""A listing as the public will see it: for the partner's own people, and for whoever has its link."""

import logging

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from careportal.accounts.requests import SignedInRequest
from careportal.kit.access import open_to
from programmes.models import ListingChange
from programmes.previews import change_by, closes, link_for, preview_of
from programmes.views.mine import my_change
from programmes.views.public import shown

logger = logging.getLogger(__name__)


@open_to("partner")
@require_safe
@login_required
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    _, change = my_change(request.user, pk)
    return _show(request, change, link=link_for(change), back=pk)


@open_to("whoever has the letter")
@require_safe
def preview_shared(request: HttpRequest, token: str) -> HttpResponse:
    """For a colleague who has no account: this page and nothing else, for a week at most (PA13)."""
    change = change_by(token)
    if change is None:
        logger.warning("preview.refused")
        raise Http404
    return _show(request, change)


def _show(request: HttpRequest, change: ListingChange, **more: object) -> HttpResponse:
    context = {**shown(preview_of(change)), "nowhere": "#preview", "closes": closes(change), **more}
    answer = render(request, "programmes/partner/preview.html", context)
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
