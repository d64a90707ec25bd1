"""Expected refusals. Each text is shown to the person who asked, so it says what to do."""

from careportal.kit import refusals
from careportal.kit.refusals import HOUR


class Refused(refusals.Refused):
    """Something that may not happen, with the reason in words."""


class OwnersOnly(Refused):
    def __init__(self) -> None:
        super().__init__("Only an owner of this organisation can do that. Ask one of the owners.")


class LastOwner(Refused):
    def __init__(self) -> None:
        super().__init__("An organisation always has an owner. Make somebody else an owner first.")


class InvitationOver(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This invitation cannot be used any more: it was used, withdrawn, or is older than three days. "
            "Ask your colleague for a new one."
        )


class OtherAddress(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This invitation was sent to another email address than the one you are signed in with. "
            "Sign out, then sign in with the address that it was sent to."
        )


class AlreadyMember(Refused):
    def __init__(self) -> None:
        super().__init__("Somebody with this email address belongs to your organisation already.")


class MailboxOfMember(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This is the email address of somebody who acts for the organisation already. "
            "Give a mailbox that stays when people leave, such as that of the site."
        )


class TooManyMails(Refused):
    def __init__(self) -> None:
        super().__init__("Too many emails have been asked for.", retry_after=HOUR)


class WrongCode(Refused):
    """The same for a wrong one and one that is over: neither tells whether a code was sent at all."""

    def __init__(self) -> None:
        super().__init__("That code is not right, or it cannot be used any more. Check it, or ask for a new one.")


class HandoverOver(Refused):
    def __init__(self) -> None:
        super().__init__("This request has been decided, or has run out. Nothing was changed.")


class NotProved(Refused):
    def __init__(self) -> None:
        super().__init__("Nobody has given the code that went to the second contact. Until then it cannot be granted.")


class FileRefused(Exception):
    """A file of the directory is not what it should be. Nothing was changed."""
