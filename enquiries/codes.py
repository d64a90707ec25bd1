"""Codes that people read in a mail and type. Stored is only a keyed hash of each."""

import secrets

from careportal.kit import digests
from careportal.kit.cleaning import narrow
from enquiries.mail import addresses
from enquiries.references import ALPHABET

RETURN_GROUPS, RETURN_GROUP_LENGTH = 2, 5
FOLLOW_DIGITS = 6
_RETURN, _FOLLOW, _PARTNER = "way back to a draft", "following an enquiry", "referrals of a partner"
_ADDRESS = "what is held about an address"


def new_return_code() -> str:
    """A code such as 4K7RW-X92MC: 41 bits, from the alphabet of references, yet of another shape."""
    letters = range(RETURN_GROUP_LENGTH)
    return "-".join("".join(secrets.choice(ALPHABET) for _ in letters) for _ in range(RETURN_GROUPS))


def new_follow_code() -> str:
    return f"{secrets.randbelow(10**FOLLOW_DIGITS):0{FOLLOW_DIGITS}}"


def return_hash(address: str, code: str) -> str:
    """What is stored of a return code: it leads to a draft only together with its address."""
    return digests.digest(_RETURN, [addresses.key(address), bare(code)])


def return_hashes(address: str, code: str) -> list[str]:
    """The same by every key that is still good."""
    return digests.by_every_key(_RETURN, [addresses.key(address), bare(code)])


def follow_hash(code_id: object, code: str) -> str:
    """What is stored of a code to follow by: it counts only in the browser that knows the id."""
    return digests.digest(_FOLLOW, [str(code_id), bare(code)])


def is_follow_code(stored: str, code_id: object, code: str) -> bool:
    return digests.fits(stored, _FOLLOW, [str(code_id), bare(code)])


def partner_hash(code_id: object, code: str) -> str:
    """What is stored of a code to see a partner's referrals by: it counts only in the browser that knows the id."""
    return digests.digest(_PARTNER, [str(code_id), bare(code)])


def is_partner_code(stored: str, code_id: object, code: str) -> bool:
    return digests.fits(stored, _PARTNER, [str(code_id), bare(code)])


def address_hash(code_id: object, code: str) -> str:
    """What is stored of a code that proves an address: it counts only in the browser that knows the id."""
    return digests.digest(_ADDRESS, [str(code_id), bare(code)])


def is_address_code(stored: str, code_id: object, code: str) -> bool:
    return digests.fits(stored, _ADDRESS, [str(code_id), bare(code)])


def bare(typed: str) -> str:
    """What counts of what was typed: letters and digits, in capitals."""
    return "".join(letter for letter in narrow(typed).upper() if letter.isalnum())
