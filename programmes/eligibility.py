"""Whether a programme fits a service, and why. Rules are data; this is the only place that reads them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from programmes.models import EligibilityRule, Fact, Programme, Verdict
from providers.area import Answer as Area

NEAR_THE_BORDER = "Your postcode is near the edge of the council’s area. Apply, and an officer will check it."
NOT_KNOWN = "You were not sure about: {fact}. Apply, and an officer will check it."

_ORDER = list(Verdict)


@dataclass(frozen=True)
class Result:
    """The verdict for one programme. `reasons` says why it is not a plain yes; `help` what would change it."""

    programme: Programme
    verdict: Verdict
    reasons: list[str]
    help: list[str]

    @property
    def fits(self) -> bool:
        """Whether the applicant goes on without asking for a second look."""
        return self.verdict in {Verdict.YES, Verdict.ASK}


def check(programme: Programme, facts: Mapping[str, str]) -> Result:
    """The verdict on one programme for these facts (Fact to answer; a missing one is not known)."""
    findings = [_apply(rule, facts.get(rule.fact, "")) for rule in programme.eligibility_rules.all()]
    worst = max((verdict for verdict, _, _ in findings), key=_ORDER.index, default=Verdict.YES)
    # Beside a no, "apply, and an officer will check it" would only confuse.
    told = {Verdict.NOT_YET, Verdict.NO} if worst in {Verdict.NOT_YET, Verdict.NO} else {Verdict.ASK}
    unmet = [(verdict, reason, help) for verdict, reason, help in findings if verdict in told]
    return Result(
        programme,
        verdict=worst,
        reasons=[reason for _, reason, _ in unmet],
        help=[help for _, _, help in unmet if help],
    )


def facts_needed(programmes: Iterable[Programme]) -> list[Fact]:
    """The facts that decide about any of these programmes, in the order in which they are asked."""
    asked = {rule.fact for programme in programmes for rule in programme.eligibility_rules.all()}
    return [fact for fact in Fact if fact in asked]


def _apply(rule: EligibilityRule, answer: str) -> tuple[Verdict, str, str]:
    if answer in rule.accepts:
        return Verdict.YES, "", ""
    if rule.fact == Fact.AREA and answer == Area.PROBABLY:
        return Verdict.ASK, NEAR_THE_BORDER, ""
    if not answer or answer == "unknown":
        return Verdict.ASK, NOT_KNOWN.format(fact=Fact(rule.fact).label.lower()), ""
    return Verdict(rule.otherwise), rule.reason, rule.what_would_help
