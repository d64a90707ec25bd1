"""What may not happen, told on the form that asked for it: with the reason, and with all that was typed."""

import math
from collections.abc import Callable

from django.forms import BaseForm
from django.http import HttpResponse

from careportal.kit.errors import in_words

HOUR, DAY = 3600, 86_400


class Refused(Exception):
    """Something that may not happen, with the reason in words for whoever tried.

    Where it is a limit, `retry_after` is in seconds, and the words end with how long to wait.
    """

    def __init__(self, words: str = "", *, retry_after: float = 0) -> None:
        self.retry_after = max(0, math.ceil(retry_after))
        super().__init__(f"{words} Wait {in_words(self.retry_after)}, then try again." if self.retry_after else words)


def tried(form: BaseForm, step: Callable[[], object], tell: Callable[[str], None] | str | None = None) -> bool:
    """Whether it was done. A refusal is told on the form: over all of it, at the field named, or as `tell` does it."""
    try:
        step()
    except Refused as refusal:
        refuse(form, refusal, tell)
        return False
    return True


def refuse(form: BaseForm, refusal: Refused, tell: Callable[[str], None] | str | None = None) -> None:
    if callable(tell):
        tell(str(refusal))
    else:
        form.add_error(tell, str(refusal))
    form.retry_after = refusal.retry_after  # type: ignore[attr-defined]  # for `answered`


def answered(answer: HttpResponse, form: object) -> HttpResponse:
    """The page with this form as it is; where a limit refused the form, a 429 that says in how many seconds again."""
    if seconds := getattr(form, "retry_after", 0):
        answer.status_code, answer["Retry-After"] = 429, str(seconds)
    return answer
