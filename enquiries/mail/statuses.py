"""What GOV.UK Notify calls a mail that did not arrive, and what we say. Apart from its client, which is large."""

DID_NOT_ARRIVE = {
    "permanent-failure": "The address does not exist.",
    "temporary-failure": "The inbox would not take it for three days.",
    "technical-failure": "GOV.UK Notify could not send it.",
}
