"""The words that the council asks care providers to write into the subject, and what comes close to them."""

import re
from difflib import SequenceMatcher

from django.conf import settings

from careportal.kit.cleaning import fold

NEAR_ENOUGH = 0.85  # "care sector suport" is, "care worker support" is not
RUN_TOGETHER = 0.95  # with more or fewer words: "caresectorsupport" is, "private sector support" is not
MOST_WORDS = 60


def is_in(text: str) -> bool:
    """Whether the phrase stands in the text as whole words, in any case, with any spaces or signs between them."""
    return f" {_phrase()} " in f" {_plain(text)} "


def is_nearly_in(subject: str) -> bool:
    """Whether somebody may have meant the phrase: misspelt, run together, or its words in another order."""
    words, wanted = _plain(subject).split()[:MOST_WORDS], _phrase()
    count = len(wanted.split())
    if set(wanted.split()) <= set(words):
        return True
    sizes = range(1, count + 2)
    windows = ((size, words[at : at + size]) for size in sizes for at in range(len(words) - size + 1))
    joined = wanted.replace(" ", "")
    return any(
        _are_alike("".join(window), joined, NEAR_ENOUGH if size == count else RUN_TOGETHER) for size, window in windows
    )


def _are_alike(one: str, other: str, enough: float) -> bool:
    """Cheap looks first: nearly all subjects are about something else."""
    if abs(len(one) - len(other)) > 4:
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= enough and matcher.ratio() >= enough


def _phrase() -> str:
    return _plain(settings.COUNCIL.mail.subject_phrase)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", fold(text)).strip()
