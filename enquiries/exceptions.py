"""Expected refusals. Each text is shown to the person who asked, so it says what to do."""

from careportal.kit import refusals


class Refused(refusals.Refused):
    """Something that may not happen, with the reason in words for the person who tried."""


class TransitionNotAllowed(Refused):
    """The state of the thing does not allow this step."""


class ChangedMeanwhile(Refused):
    """Somebody changed the thing after the page was opened. Nothing was done: look again, then decide."""


class GroupIsFull(Refused):
    """No place is left in this group."""


class TooEarly(Exception):
    """News of a mail that is still being sent: what becomes of it is recorded first. To be told again."""


class AddressRefused(Refused):
    """A mail may not be sent to this address."""


class SenderUnproved(Refused):
    """A mail would move an enquiry on, and nobody has proved who wrote it: an officer decides."""


class AnswersChanged(Refused):
    """What was sent is not what was last shown: nothing is stored until it has been checked again."""


class AlreadySentDifferently(Refused):
    """This application was sent before with other answers. A one-use key is good for one content."""


class ProgrammesChanged(Refused):
    """A programme closed or filled up since it was chosen: the applicant decides, until then nothing is sent."""


class AccountNeeded(Refused):
    """A programme is only for people who have signed in. Nothing is stored until then."""


class AnsweredAlready(Refused):
    """A question is answered once."""


class TooMany(Refused):
    """A limit: too many from one address, from one network or for one enquiry."""


class NameRefused(Refused):
    """A view of the queue cannot have this name, or there are too many."""


class DocumentRefused(Refused):
    """A document that is not taken."""


class CodeRefused(Refused):
    """A code that is wrong, used up or too old. Which of them is not said."""


class NotYours(Refused):
    """Of another partner, or not there: nobody learns which."""

    def __init__(self) -> None:
        super().__init__("This is not one of your referrals. Check the reference and the programme.")
