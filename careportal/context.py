"""What every template knows without being told."""

from django.conf import settings
from django.http import HttpRequest


def council(request: HttpRequest) -> dict[str, object]:
    """The council this installation serves, and whether mail really leaves."""
    return {"council": settings.COUNCIL, "EMBEDDED": settings.EMBEDDED}
