from enquiries.models import IncomingMail


class Unreadable(Exception):
    """A mail that is not taken apart, with the reason why a person has to look at it."""

    def __init__(self, why: IncomingMail.Why) -> None:
        super().__init__(why)
        self.why = why
