"""What every template knows without being told."""

from django.conf import settings
from django.http import HttpRequest


def council(request: HttpRequest) -> dict[str, object]:
    """The council this installation serves, whether mail really leaves, and how long an application is kept."""
    return {"council": settings.COUNCIL, "EMBEDDED": settings.EMBEDDED, "DRAFT_DAYS": settings.DRAFT_DAYS}
