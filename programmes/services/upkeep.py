"""What is not kept about listings and about who keeps them."""

from programmes.services import freshness, invitations, reports


def forget_what_is_over() -> None:
    """Old invitations and requests, codes, questions that nobody can answer any more, and reporters' addresses."""
    invitations.forget_invitations()
    freshness.forget_questions()
    reports.forget_addresses()
