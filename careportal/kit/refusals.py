"""Answers that any app may have to give, with the page that says what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def too_many_requests(request: HttpRequest, retry_after: int) -> HttpResponse:
    """429. `retry_after` is in seconds; the page says when to come back and how else to reach the council."""
    response = render(request, "429.html", {"retry_after": retry_after}, status=429)
    response["Retry-After"] = str(retry_after)
    response["Cache-Control"] = "no-store"
    return response
