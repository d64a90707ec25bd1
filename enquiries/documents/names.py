"""What a document is called. The name is only shown and offered when it is downloaded: nothing is stored under it."""

import re
import unicodedata

from careportal.kit.cleaning import made_storable, one_line

LONGEST = 80
_OTHER = re.compile(r"[^\w '()&+,-]+")  # dots too: only the ending has one, so that it has one ending


def ending_of(name: str) -> str:
    """In small letters; empty where there is none."""
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def cleaned_name(name: str, ending: str) -> str:
    """The name on one line, without path, invisible or special signs, at most 80 characters, with the right ending."""
    last = re.split(r"[\\/]", made_storable(name))[-1]
    stem = unicodedata.normalize("NFKC", one_line(last.rpartition(".")[0] if "." in last else last))
    plain = _OTHER.sub("-", stem).strip(" -")[: LONGEST - len(ending) - 1].strip(" -")
    return f"{plain or 'document'}.{ending}"
