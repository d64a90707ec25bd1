"""Who says what a partner sees: lead officers, by ticking boxes."""

import pytest

from programmes.models import Programme, SharedField
from tests.factories import ProgrammeFactory, UserFactory

pytestmark = pytest.mark.django_db

LEAST = {SharedField.ORGANISATION, SharedField.PROVIDER_TYPE, SharedField.POSTCODE}


@pytest.fixture
def programme():
    return ProgrammeFactory()


def test_lead_officers_change_the_rule_by_ticking_boxes(programme, browser_of):
    browser = browser_of(UserFactory(lead=True))
    address = f"/admin/programmes/programme/{programme.pk}/change/"
    page = browser.get(address).content.decode()
    for label in SharedField.labels:
        assert label in page

    browser.post(address, {**form_of(programme), "shared_fields": ["organisation", "email"]})

    assert Programme.objects.get(pk=programme.pk).shared_fields == ["organisation", "email"]
    refused = browser.post(address, {**form_of(programme), "shared_fields": ["password"]})
    assert refused.status_code == 200
    assert Programme.objects.get(pk=programme.pk).shared_fields == ["organisation", "email"]


def test_officers_read_the_rule_and_do_not_change_it(programme, officer, browser_of):
    """AD7."""
    address = f"/admin/programmes/programme/{programme.pk}/change/"

    answer = browser_of(officer).post(address, {**form_of(programme), "shared_fields": SharedField.values})

    assert answer.status_code == 403
    assert set(Programme.objects.get(pk=programme.pk).shared_fields) == LEAST


def form_of(programme):
    names = ("slug", "title", "summary", "description", "theme", "audience", "who_for", "state")
    formsets = ("intakes", "questions", "eligibility_rules")
    counts = {f"{name}-{kind}_FORMS": 0 for name in formsets for kind in ("TOTAL", "INITIAL")}
    return {"review_months": 6, **{name: getattr(programme, name) for name in names}, **counts}
