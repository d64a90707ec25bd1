"""What is refused about listings, in words for whoever reads the page."""

from careportal.kit import refusals
from careportal.kit.refusals import DAY, HOUR


class Refused(refusals.Refused):
    """Nothing was changed. The message says why, and what to do."""


class NotYours(Refused):
    """Of another partner, or not there: nobody learns which."""

    def __init__(self) -> None:
        super().__init__("This listing is not one of yours.")


class ChangedMeanwhile(Refused):
    """Somebody else was quicker, or what was read is not what is there now."""


class TooManyRevisions(Refused):
    def __init__(self) -> None:
        super().__init__("This listing was changed very often in the last hour. Nothing was saved.", retry_after=HOUR)


class NothingToReview(Refused):
    def __init__(self) -> None:
        super().__init__("Nothing waits for a review. Change something first.")


class OwnChange(Refused):
    """Nobody approves what they, or their own organisation, have proposed (PA4)."""

    def __init__(self) -> None:
        super().__init__("You cannot review this: you, or the partner you belong to, proposed it. Ask a colleague.")


class NotForThisRole(Refused):
    def __init__(self) -> None:
        super().__init__("This needs a full review by a lead officer. You can decide what only needs a quick look.")


class AdministratorsOnly(Refused):
    def __init__(self) -> None:
        super().__init__("Only an administrator of this partner can do that. Ask one of them.")


class LastAdministrator(Refused):
    def __init__(self) -> None:
        super().__init__("A partner always has an administrator. Make somebody else an administrator first.")


class AlreadyMember(Refused):
    def __init__(self) -> None:
        super().__init__("Somebody with this email address acts for this partner already.")


class AgreementOver(Refused):
    def __init__(self) -> None:
        super().__init__("The agreement with this partner has ended. Set a new date before you invite anybody.")


class InvitationOver(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This invitation cannot be used any more: it was used, withdrawn, or is older than three days. "
            "Ask whoever invited you for a new one."
        )


class OtherAddress(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This invitation was sent to another email address than the one you are signed in with. "
            "Sign out, then sign in with the address that it was sent to."
        )


class CouncilStaff(Refused):
    """Council staff review what partners write, so they write nothing for one (PA4)."""

    def __init__(self) -> None:
        super().__init__("You are signed in as council staff, who cannot act for a partner.")


class TooManyMails(Refused):
    def __init__(self) -> None:
        super().__init__("Too many emails have been asked for.", retry_after=HOUR)


class TooManyRequests(Refused):
    def __init__(self) -> None:
        super().__init__("Too many requests have been made today. You can also call the council.", retry_after=DAY)


class RequestOver(Refused):
    def __init__(self) -> None:
        super().__init__("This request has been decided, or has run out. Nothing was changed.")


class AlreadyYours(Refused):
    def __init__(self) -> None:
        super().__init__("You have this already: you act for this partner.")


class AlreadyAsked(Refused):
    def __init__(self) -> None:
        super().__init__("You have asked this already. The council decides about it, and writes to you.")


class IntakeRefused(Refused):
    """An intake cannot be changed like this."""


class Incomplete(Refused):
    """A new programme that does not say enough yet. `missing` names the facts."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__("This programme is not complete yet. Nothing was sent.")
        self.missing = missing


class TooManyNewProgrammes(Refused):
    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} new programmes that are not finished. Finish or delete one of them first.")


class TooManyAtOnce(Refused):
    """More than people type: of messages, of intakes, of programmes in a day."""


class NoReason(Refused):
    def __init__(self) -> None:
        super().__init__("A fact is returned with a reason: the partner needs to know what to change. Enter one.")


class CannotBePublished(Refused):
    """What was proposed is no valid listing any more, for the reason given."""

    def __init__(self, why: str) -> None:
        super().__init__(f"This cannot be published as it is: {why} Return it, and say so.")


class NotReady(Refused):
    """Something of the go-live checklist is open."""

    def __init__(self, open_items: list[str]) -> None:
        super().__init__(f"Not published. Still to do: {', '.join(open_items)}.")
        self.open_items = open_items


class NotContinued(Refused):
    """A work stream has no following year, for the reason given."""


class TooManyReports(Refused):
    """From one network, or about one page."""

    def __init__(self) -> None:
        super().__init__("Too many reports have been sent. Yours was not.", retry_after=HOUR)
