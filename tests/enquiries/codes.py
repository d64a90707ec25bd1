"""Reading codes in mails, as people do."""

import re

from enquiries.models import OutgoingMail


def mailed(address="applicant@example.org"):
    """The mails with a code that wait for this address, oldest first."""
    return list(OutgoingMail.objects.filter(kind="account", recipient=address).order_by("pk"))


def return_code(address="applicant@example.org"):
    return _in_newest(address, r"^[0-9A-Z]{5}-[0-9A-Z]{5}$")


def follow_code(address):
    return _in_newest(address, r"^[0-9]{6}$")


def _in_newest(address, shape):
    found = re.search(shape, mailed(address)[-1].text, re.MULTILINE)
    assert found, mailed(address)[-1].text
    return found[0]
