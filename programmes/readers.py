"""Whether an opened page counts as looked at by somebody: not by a robot, and not by council staff."""

import re

from django.conf import settings
from django.http import HttpRequest

ROBOTS = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|fetch|monitor|preview|scan|archiv|facebookexternalhit|headless|lighthouse"
    r"|curl|wget|python|java/|okhttp|go-http|libwww|perl|ruby|axios|node",
    re.IGNORECASE,
)
LONGEST = 1000


def is_looked_at(request: HttpRequest) -> bool:
    """A browser says what it is. Who is signed in is asked only where a session is, so that pages stay cacheable."""
    browser = request.headers.get("User-Agent", "")
    if request.method != "GET" or not browser or ROBOTS.search(browser[:LONGEST]):
        return False
    return settings.SESSION_COOKIE_NAME not in request.COOKIES or not getattr(request.user, "is_staff", False)
