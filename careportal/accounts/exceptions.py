"""What the accounts refuse. Each text is written to be shown to the person who asked."""


class AccountRefusal(Exception):
    """Something that the rules about accounts do not allow."""


class AddressTaken(AccountRefusal):
    def __init__(self) -> None:
        super().__init__("There is already an account with this email address.")


class NotAllowed(AccountRefusal):
    """The person who asks does not hold the role that this needs."""


class OwnAccount(AccountRefusal):
    """Nobody decides about their own role, sign-in or second factor."""


class LastAdministrator(AccountRefusal):
    def __init__(self) -> None:
        super().__init__(
            "This is the only administrator who may sign in. Make somebody else an administrator first, "
            "so that the council cannot be locked out."
        )


class NothingToReset(AccountRefusal):
    def __init__(self) -> None:
        super().__init__("This person has no second factor. They will be asked to set one up when they sign in.")


class AlreadyRequested(AccountRefusal):
    def __init__(self) -> None:
        super().__init__("Somebody has already asked to reset this second factor. An administrator must confirm it.")


class RequestClosed(AccountRefusal):
    def __init__(self) -> None:
        super().__init__("This request has been confirmed, withdrawn or has run out. Ask again if it is still needed.")


class SamePerson(AccountRefusal):
    def __init__(self) -> None:
        super().__init__("You asked for this reset. A different administrator must confirm it.")
