"""The officers' workspace opens only from the networks that a setting names, where it names any (AD3)."""

import ipaddress
import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from careportal.kit import client
from careportal.kit.errors import error_page

log = logging.getLogger(__name__)

OFFICERS_PATHS = ("/admin/", "/status/")


def officers_networks(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(OFFICERS_PATHS) and not _is_allowed(client.address(request)):
            log.warning("refused method=%s page=workspace reason=network", request.method)
            return error_page(request, 403, "403_network.html")
        return get_response(request)

    return answer


def _is_allowed(address: str) -> bool:
    """The address is what our own proxies say. One that cannot be read is in no network."""
    if not settings.ADMIN_NETWORKS:
        return True
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    plain = getattr(known, "ipv4_mapped", None) or known
    return any(plain in network for network in settings.ADMIN_NETWORKS)
