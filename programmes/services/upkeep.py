"""What is not kept about listings."""

from programmes.services import freshness, reports


def forget_what_is_over() -> None:
    """Codes, questions that nobody can answer any more, and the addresses of whoever reported something."""
    freshness.forget_questions()
    reports.forget_addresses()
