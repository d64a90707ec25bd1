"""Who is asking, as far as limits need to know."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def address(request: HttpRequest) -> str:
    """The network address of the client. Of forwarded addresses only those are believed that our own proxies wrote."""
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    hops = settings.TRUSTED_PROXY_COUNT
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return request.META.get("REMOTE_ADDR", "")


def origin(request: HttpRequest) -> str:
    """A keyed hash of the address, for counting. A whole IPv6 household (/64) counts as one."""
    return salted_hmac("kit.client.origin", _neighbourhood(address(request)), algorithm="sha256").hexdigest()


def _neighbourhood(text: str) -> str:
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and not parsed.ipv4_mapped:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
