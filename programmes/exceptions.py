"""What is refused about listings, in words for whoever reads the page."""


class Refused(Exception):
    """Nothing was changed. The message says why, and what to do."""


class NotYours(Refused):
    """Of another partner, or not there: nobody learns which."""

    def __init__(self) -> None:
        super().__init__("This listing is not one of yours.")


class ChangedMeanwhile(Refused):
    """Somebody else was quicker, or what was read is not what is there now."""


class TooManyRevisions(Refused):
    def __init__(self) -> None:
        super().__init__("This listing was changed very often in the last hour. Nothing was saved: try again later.")


class TooManyMessages(Refused):
    def __init__(self) -> None:
        super().__init__("You have written very often in the last hour. Nothing was sent: try again later.")


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
