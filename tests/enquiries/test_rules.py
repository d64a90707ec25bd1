"""Officers change who can get a programme, and see first whom that would have touched."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from enquiries import rehearsal
from enquiries.models import Enquiry
from programmes.models import EligibilityRule, Fact, Verdict
from tests.applying import errors
from tests.factories import InterestFactory, ProgrammeFactory, RuleFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    """For the council's area; a care home inside and one outside have applied."""
    found = RuleFactory(programme__slug="p", programme__title="Example programme").programme
    for area in ("inside", "outside"):
        InterestFactory(programme=found, enquiry__area=area, enquiry__provider_type="care_home")
    return found


@pytest.fixture
def lead(browser_of):
    return browser_of(UserFactory(lead=True))


def address(programme):
    return f"/admin/enquiries/enquiry/rules/{programme.pk}/"


def typed(*rules, stored=0, **more):
    """What the page sends: each rule as a dict of its fields, the stored ones first."""
    fields = {"rules-TOTAL_FORMS": len(rules), "rules-INITIAL_FORMS": stored, **more}
    for number, rule in enumerate(rules):
        whole = {"otherwise": "no", "position": number + 1, **rule}
        fields |= {f"rules-{number}-{name}": value for name, value in whole.items()}
    return fields


def of_area(rule, **changed):
    return {"id": rule.pk, "fact": "area", "accepts_area": ["inside"], "reason": rule.reason, **changed}


HOMECARE = {"fact": "provider_type", "accepts_provider_type": ["homecare"], "reason": "This is for homecare."}


def mark_on(response):
    """The proof that the page with the effect was shown, which its button sends along."""
    (button,) = re.findall(r'<button[^>]*name="seen"[^>]*>', response.content.decode())
    return re.search(r'value="([0-9a-f]{64})"', button)[1]


def saved_after_reading(browser, programme, fields):
    found = mark_on(browser.post(address(programme), fields))
    return browser.post(address(programme), {**fields, "seen": found})


# --- What would change ---------------------------------------------------------------------------------------------


def test_the_rehearsal_counts_and_names_those_who_would_be_told_something_else(programme):
    """(N11)"""
    (rule,) = programme.eligibility_rules.all()
    stricter = RuleFactory.build(programme=programme, homecare_only=True, otherwise=Verdict.NOT_YET)

    found = rehearsal.rehearse(programme, [rule, stricter])

    assert (found.applied, found.changed) == (2, 1)
    (change,) = found.changes
    assert (change.before, change.after) == (Verdict.YES, Verdict.NOT_YET)
    assert [enquiry.area for enquiry in change.enquiries] == ["inside"]


def test_without_any_rule_everybody_would_be_told_yes(programme):
    (change,) = rehearsal.rehearse(programme, []).changes

    assert (change.before, change.after, change.count) == (Verdict.NO, Verdict.YES, 1)


def test_only_this_programmes_applications_of_the_last_year_count(programme):
    InterestFactory(enquiry__area="outside")
    InterestFactory(programme=programme, enquiry__received_at=timezone.now() - dt.timedelta(days=400))

    assert rehearsal.rehearse(programme, []).applied == 2


def test_a_rehearsal_takes_few_queries_however_many_applied(programme):
    for area in ("inside", "outside", "probably"):
        for size in ("under_10", "from_250"):
            InterestFactory(programme=programme, enquiry__area=area, enquiry__size_band=size)

    with CaptureQueriesContext(connection) as made:
        found = rehearsal.rehearse(programme, [])

    assert found.changed == 5
    assert len(made) == 4  # the groups, the present rules, and the latest of two changes


# --- The pages -----------------------------------------------------------------------------------------------------


def test_nothing_is_saved_before_its_effect_was_shown(lead, programme):
    """(N11)"""
    (rule,) = programme.eligibility_rules.all()

    page = lead.post(address(programme), typed(of_area(rule), HOMECARE, stored=1))

    text = page.content.decode()
    assert "1 of 2 who applied in the last year would be told something else" in text
    assert "From “Yes” to “No”: 1" in text
    assert Enquiry.objects.get(area="inside").reference in text
    assert EligibilityRule.objects.count() == 1


def test_rules_that_were_read_over_are_saved_with_their_history_and_in_the_trail(lead, programme):
    """(N11, AD8)"""
    (rule,) = programme.eligibility_rules.all()

    answer = saved_after_reading(
        lead, programme, typed(of_area(rule, otherwise="ask"), {**HOMECARE, "only_for": ["homecare"]}, stored=1)
    )

    assert answer["Location"] == f"/admin/programmes/programme/{programme.pk}/change/"
    first, second = programme.eligibility_rules.all()
    assert (first.pk, first.otherwise, first.accepts) == (rule.pk, "ask", ["inside"])
    assert (second.fact, second.accepts, second.only_for) == ("provider_type", ["homecare"], ["homecare"])
    assert first.history.count() == 2
    entry = AuditEntry.objects.get(kind="changed")
    assert (entry.about, entry.row, entry.detail) == (
        "programmes.programme",
        programme.pk,
        {"what": "changed", "fields": ["rules"]},
    )


def test_whose_enquiries_were_listed_stands_in_the_trail(lead, programme):
    """(AD9)"""
    lead.post(address(programme), typed(stored=0))

    entry = AuditEntry.objects.get(kind="listed")
    assert (entry.about, entry.count) == ("enquiries.enquiry", 1)


def test_a_rule_is_removed(lead, programme):
    (rule,) = programme.eligibility_rules.all()

    saved_after_reading(lead, programme, typed(of_area(rule, DELETE="on"), stored=1))

    assert not programme.eligibility_rules.exists()


def test_a_mark_of_other_rules_saves_nothing(lead, programme):
    (rule,) = programme.eligibility_rules.all()
    found = mark_on(lead.post(address(programme), typed(of_area(rule, otherwise="ask"), stored=1)))

    page = lead.post(address(programme), typed(of_area(rule, otherwise="not_yet"), stored=1, seen=found))

    assert "The rules have changed since you looked." in page.content.decode()
    assert programme.eligibility_rules.get().otherwise == "no"


def test_rules_that_a_colleague_changed_meanwhile_are_read_over_again(lead, programme):
    (rule,) = programme.eligibility_rules.all()
    fields = typed(of_area(rule, otherwise="ask"), stored=1)
    found = mark_on(lead.post(address(programme), fields))
    RuleFactory(programme=programme, homecare_only=True)

    page = lead.post(address(programme), {**fields, "seen": found})

    assert "The rules have changed since you looked." in page.content.decode()
    assert programme.eligibility_rules.get(pk=rule.pk).otherwise == "no"


def test_going_back_keeps_what_was_typed(lead, programme):
    (rule,) = programme.eligibility_rules.all()

    page = lead.post(address(programme), typed(of_area(rule, reason="Another reason."), stored=1, again="yes"))

    assert 'value="Another reason."' in page.content.decode()
    assert "Who can get it" in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"accepts_area": []}, "Select at least one answer that fits"),
        ({"accepts_area": ["homecare"]}, "Select"),
        ({"fact": "", "accepts_area": []}, "Select what the rule looks at"),
        ({"reason": ""}, "Enter why another answer does not fit"),
        ({"reason": "x" * 100_000}, "must be 250 characters or less"),
        ({"position": "9" * 5000}, "must be a whole number"),
        ({"otherwise": "yes"}, "Select what any other answer means"),
        ({"only_for": ["dentist"]}, "Select"),
        ({"reason": "\x00"}, "cannot be read"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_and_what_was_typed_is_kept(lead, programme, wrong, message):
    (rule,) = programme.eligibility_rules.all()

    page = lead.post(address(programme), typed(of_area(rule, set_by="Example body", **wrong), stored=1))

    assert any(message in error for error in errors(page))
    assert 'value="Example body"' in page.content.decode()


@pytest.mark.parametrize("fields", [{}, {"rules-TOTAL_FORMS": "x"}, {"rules-TOTAL_FORMS": "9" * 400}])
def test_a_torn_form_is_no_crash(lead, programme, fields):
    assert lead.post(address(programme), fields).status_code == 200
    assert programme.eligibility_rules.count() == 1


def test_the_programmes_page_leads_to_its_rules(lead, programme):
    page = lead.get(f"/admin/programmes/programme/{programme.pk}/change/").content.decode()

    assert address(programme) in page
    assert "This programme is for care providers" in page
    assert lead.get("/admin/programmes/programme/add/").status_code == 200


@pytest.mark.parametrize("role", ["viewer", "officer"])
def test_only_who_may_change_programmes_changes_their_rules(browser_of, programme, role):
    """(AZ17)"""
    browser = browser_of(UserFactory(**{role: True}))

    assert browser.get(address(programme)).status_code == 403
    assert browser.post(address(programme), typed()).status_code == 403


def test_strangers_are_turned_away(client, programme):
    assert client.get(address(programme)).status_code == 302
    assert client.get(address(ProgrammeFactory.build(pk=10**17))).status_code == 302


def test_rules_of_no_programme_are_not_there(lead):
    assert lead.get("/admin/enquiries/enquiry/rules/999999/").status_code == 404


def test_every_fact_has_boxes_of_its_own(lead, programme):
    page = lead.get(address(programme)).content.decode()

    for fact in Fact:
        assert f'name="rules-0-accepts_{fact}"' in page
