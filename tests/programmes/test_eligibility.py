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

    assert eligibility.facts_needed([programme, ProgrammeFactory()], "homecare") == [Fact.PROVIDER_TYPE]


def test_a_rule_may_count_for_some_kinds_of_care_only():
    rule = RuleFactory(only_for=["care_home"])

    home, homecare = (verdict(rule.programme, area="outside", provider_type=kind) for kind in ("care_home", "homecare"))

    assert (home.verdict, homecare.verdict) == (Verdict.NO, Verdict.YES)
    assert eligibility.facts_needed([rule.programme], "care_home") == [Fact.AREA]
    assert eligibility.facts_needed([rule.programme], "homecare") == []


def test_while_the_kind_of_care_is_not_known_every_rule_counts():
    rule = RuleFactory(only_for=["care_home"])

    assert verdict(rule.programme, area="outside").verdict == Verdict.NO
    assert eligibility.facts_needed([rule.programme], "") == [Fact.AREA]


@pytest.mark.parametrize(
    ("kind", "area", "place_of_care", "expected"),
    [
        ("care_home", "inside", "", Verdict.YES),
        ("care_home", "outside", "", Verdict.NO),
        ("care_home", "inside", "elsewhere", Verdict.YES),
        ("care_home", "outside", "funded", Verdict.NO),
        ("homecare", "inside", "funded", Verdict.YES),
        ("homecare", "outside", "funded", Verdict.YES),
        ("homecare", "inside", "elsewhere", Verdict.NO),
        ("homecare", "outside", "elsewhere", Verdict.NO),
        ("homecare", "outside", "unknown", Verdict.ASK),
    ],
)
def test_a_home_counts_by_where_it_is_and_homecare_by_whom_it_serves(kind, area, place_of_care, expected):
    """(N13)"""
    programme = RuleFactory(only_for=["care_home", "nursing_home"]).programme
    RuleFactory(programme=programme, fact=Fact.PLACE_OF_CARE, accepts=["funded"], only_for=["homecare"])

    found = verdict(programme, provider_type=kind, area=area, place_of_care=place_of_care)

    assert found.verdict == expected


def test_a_rule_may_look_at_the_number_of_staff():
    rule = RuleFactory(fact=Fact.SIZE, accepts=["under_10", "under_50"], otherwise=Verdict.NOT_YET)

    verdicts = [verdict(rule.programme, size=size).verdict for size in ("under_50", "from_250", "unknown")]

    assert verdicts == [Verdict.YES, Verdict.NOT_YET, Verdict.ASK]


def test_a_no_says_whose_rule_it_is():
    rule = RuleFactory(set_by="Example body")

    assert verdict(rule.programme, area="outside").set_by == ["Example body"]
    assert verdict(rule.programme, area="inside").set_by == []


def test_other_rules_than_the_programmes_own_can_be_tried():
    programme = RuleFactory().programme
    milder = RuleFactory.build(programme=programme, otherwise=Verdict.ASK)

    assert eligibility.check(programme, {"area": "outside"}, [milder]).verdict == Verdict.ASK


@pytest.mark.parametrize("only_for", [["dentist"], "homecare", [1], None])
def test_a_rule_is_only_for_kinds_of_care_that_there_are(only_for):
    with pytest.raises(ValidationError, match="only_for"):
        EligibilityRule(fact=Fact.AREA, accepts=["inside"], only_for=only_for).clean()


def test_a_rule_accepts_only_answers_that_its_fact_can_have():
    with pytest.raises(ValidationError, match="Choose at least one"):
        EligibilityRule(fact=Fact.AREA, accepts=["homecare"]).clean()
