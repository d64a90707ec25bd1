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


class TooManyMails(Refused):
    def __init__(self) -> None:
        super().__init__("Too many codes have been asked for. Wait an hour, then try again.")


class TooManyReports(Refused):
    """From one network, or about one page."""

    def __init__(self) -> None:
        super().__init__("Too many reports have been sent. Try again in an hour.")
