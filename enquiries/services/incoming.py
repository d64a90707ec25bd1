"""What becomes of a mail that came in: by the portal itself, and by officers."""

from typing import TYPE_CHECKING

from enquiries.models import Enquiry, IncomingMail, Message, OutgoingMail

if TYPE_CHECKING:
    from careportal.accounts.models import User


def open_enquiry(*, mail_id: int, officer: "User | None" = None) -> Enquiry:
    """Make the mail an enquiry that waits for its details. Raises TransitionNotAllowed where it is dealt with."""
    raise NotImplementedError


def add_to_enquiry(*, mail_id: int, enquiry_id: int, officer: "User | None" = None) -> Message:
    """Make the mail a message of the provider on this enquiry. It answers the question that waits, if one does.

    Raises TransitionNotAllowed where the mail is dealt with or the enquiry is closed.
    """
    raise NotImplementedError


def set_aside(*, mail_id: int, officer: "User", state: str) -> IncomingMail:
    """Nothing becomes of it here: IncomingMail.State.OTHER or SPAM. Raises TransitionNotAllowed."""
    raise NotImplementedError


def take_back(*, mail_id: int, officer: "User") -> IncomingMail:
    """To sort once more, from OTHER, SPAM or AUTOMATIC. Raises TransitionNotAllowed."""
    raise NotImplementedError


def send_acknowledgement(*, enquiry_id: int, officer: "User | None" = None) -> OutgoingMail:
    """Tell whoever wrote the mail that it is an enquiry, once. By itself the portal only tells a proved sender.

    Raises TransitionNotAllowed where it was told or did not come by email, AddressRefused where nobody would read it.
    """
    raise NotImplementedError
