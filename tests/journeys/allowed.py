"""Findings of axe that are let through, each with its date and reason. Empty is best; test_the_list_is_kept_short."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Allowed:
    """One rule at one place. `look_again` is the day by which somebody must have decided anew."""

    rule: str
    place: str
    since: dt.date
    look_again: dt.date
    reason: str

    def covers(self, rule: str, target: str) -> bool:
        return rule == self.rule and self.place in target


ALLOWED: list[Allowed] = [
    Allowed(
        rule="aria-allowed-attr",
        place="id_rules-",
        since=dt.date(2026, 11, 27),
        look_again=dt.date(2027, 5, 27),
        reason="GOV.UK Frontend says by aria-expanded that a radio button opens further questions: screen readers "
        "tell it, and its makers keep it knowingly, though ARIA knows it for checkboxes alone (govuk-frontend#979).",
    ),
    Allowed(
        rule="aria-allowed-attr",
        place="id_what-",
        since=dt.date(2026, 11, 28),
        look_again=dt.date(2027, 5, 28),
        reason="The same component: to return a fact opens the question why (govuk-frontend#979).",
    ),
]
