import pytest
from django.core.exceptions import ValidationError

from programmes import eligibility
from programmes.models import EligibilityRule, Fact, Verdict
from tests.factories import ProgrammeFactory, RuleFactory

pytestmark = pytest.mark.django_db


def verdict(programme, **facts):
    return eligibility.check(programme, facts)


def test_a_programme_without_rules_fits_everybody():
    assert verdict(ProgrammeFactory()).verdict == Verdict.YES


def test_an_accepted_answer_fits():
    rule = RuleFactory()

    result = verdict(rule.programme, area="inside")

    assert (result.verdict, result.reasons, result.fits) == (Verdict.YES, [], True)


def test_another_answer_gets_the_rules_own_verdict_and_reason():
    rule = RuleFactory(otherwise=Verdict.NOT_YET, reason="Come back in spring.", what_would_help="A spring booking.")

    result = verdict(rule.programme, area="outside")

    assert (result.verdict, result.reasons, result.help) == (
        Verdict.NOT_YET,
        ["Come back in spring."],
        ["A spring booking."],
    )
    assert not result.fits


def test_near_the_border_is_probably_and_an_officer_decides():
    result = verdict(RuleFactory().programme, area="probably")

    assert result.verdict == Verdict.ASK
    assert result.fits
    assert "officer" in result.reasons[0]


@pytest.mark.parametrize("answer", ["", "unknown"])
def test_an_answer_that_is_not_known_is_never_a_no(answer):
    rule = RuleFactory(fact=Fact.CQC_REGISTERED, accepts=["yes"])

    assert verdict(rule.programme, cqc_registered=answer).verdict == Verdict.ASK


def test_of_several_verdicts_the_hardest_counts_and_all_reasons_are_told():
    programme = ProgrammeFactory()
    RuleFactory(programme=programme, otherwise=Verdict.NOT_YET, reason="Wrong place.")
    RuleFactory(programme=programme, homecare_only=True, otherwise=Verdict.NO)

    result = verdict(programme, area="outside", provider_type="care_home")

    assert result.verdict == Verdict.NO
    assert result.reasons == ["Wrong place.", "This programme is for homecare."]


def test_beside_a_no_nothing_that_is_only_to_be_checked_is_told():
    programme = RuleFactory().programme
    RuleFactory(programme=programme, homecare_only=True)

    result = verdict(programme, area="probably", provider_type="care_home")

    assert (result.verdict, result.reasons) == (Verdict.NO, ["This programme is for homecare."])


def test_only_facts_that_decide_are_asked_for():
    programme = RuleFactory(homecare_only=True).programme

    assert eligibility.facts_needed([programme, ProgrammeFactory()]) == [Fact.PROVIDER_TYPE]


def test_a_rule_accepts_only_answers_that_its_fact_can_have():
    with pytest.raises(ValidationError, match="Choose at least one"):
        EligibilityRule(fact=Fact.AREA, accepts=["homecare"]).clean()
