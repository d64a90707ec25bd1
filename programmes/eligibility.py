"""Whether a programme fits a service, and why. Rules are data; this is the only place that reads them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from programmes.models import EligibilityRule, Fact, Programme, Verdict
from providers.area import Answer as Area

NEAR_THE_BORDER = "Your postcode is near the edge of the council’s area. Apply, and an officer will check it."
NOT_KNOWN = "We would need to know {fact}. Apply, and an officer will check it with you."

_ORDER = list(Verdict)


@dataclass(frozen=True)
class Result:
    """The verdict for one programme. `reasons` says why it is not a plain yes; `help` what would change it.

    `set_by` names whose rules those are, where they are not the council's own.
    """

    programme: Programme
    verdict: Verdict
    reasons: list[str]
    help: list[str]
    set_by: list[str]

    @property
    def fits(self) -> bool:
        """Whether the applicant goes on without asking for a second look."""
        return self.verdict in {Verdict.YES, Verdict.ASK}


class Finding(NamedTuple):
    """What one rule says."""

    verdict: Verdict
    reason: str = ""
    help: str = ""
    set_by: str = ""


def check(programme: Programme, facts: Mapping[str, str], rules: Iterable[EligibilityRule] | None = None) -> Result:
    """The verdict on one programme for these facts (Fact to answer; a missing one is not known).

    By `rules` that are not the programme's own, what those would change is seen.
    """
    findings = [_apply(rule, facts) for rule in (programme.eligibility_rules.all() if rules is None else rules)]
    worst = max((found.verdict for found in findings), key=_ORDER.index, default=Verdict.YES)
    # Beside a no, "apply, and an officer will check it" would only confuse.
    told = {Verdict.NOT_YET, Verdict.NO} if worst in {Verdict.NOT_YET, Verdict.NO} else {Verdict.ASK}
    unmet = [found for found in findings if found.verdict in told]
    return Result(
        programme,
        verdict=worst,
        reasons=[found.reason for found in unmet],
        help=[found.help for found in unmet if found.help],
        set_by=list(dict.fromkeys(found.set_by for found in unmet if found.set_by)),
    )


def facts_needed(programmes: Iterable[Programme], provider_type: str) -> list[Fact]:
    """The facts that decide about any of these programmes for this kind of care, in the order of asking."""
    rules = [rule for programme in programmes for rule in programme.eligibility_rules.all()]
    asked = {rule.fact for rule in rules if rule.applies_to(provider_type)}
    return [fact for fact in Fact if fact in asked]


def _apply(rule: EligibilityRule, facts: Mapping[str, str]) -> Finding:
    answer = facts.get(rule.fact, "")
    if answer in rule.accepts or not rule.applies_to(facts.get(Fact.PROVIDER_TYPE, "")):
        return Finding(Verdict.YES)
    if rule.fact == Fact.AREA and answer == Area.PROBABLY:
        return Finding(Verdict.ASK, NEAR_THE_BORDER)
    if not answer or answer == "unknown":
        return Finding(Verdict.ASK, NOT_KNOWN.format(fact=Fact(rule.fact).in_a_sentence))
    return Finding(Verdict(rule.otherwise), rule.reason, rule.what_would_help, rule.set_by)
