"""Who may open a page: said where the view is, listed by `manage.py list_urls`, and tested for every address."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

AUDIENCES = (
    "anyone",
    "applicant's browser",
    "applicant",
    "whoever has the letter",
    "signed in",
    "partner",
    "staff",
    "officer",
    "lead officer",
    "administrator",
)


def open_to(who: str) -> Callable[[View], View]:
    """Declare a view's audience. It states the rule; the view's own checks keep it."""
    if who not in AUDIENCES:
        raise ValueError(f"{who!r} is no audience; it must be one of: {', '.join(AUDIENCES)}")

    def declare(view: View) -> View:
        view.who_may = who  # type: ignore[attr-defined]
        return view

    return declare
