"""One partner tries every page and every number of another."""

import re

import pytest

from careportal.accounts.models import User
from careportal.audiences import addresses
from programmes.models import Partner, PartnerMembership
from tests import who_may, workspace
from tests.factories import PartnerFactory, UserFactory, in_days

pytestmark = pytest.mark.django_db

OF_LETTERS = ("/partner/code/", "/partner/still-correct/", "/partner/preview/", "/partner/invitations/")
DATA = "/partner/<int:pk>/data-return/"  # only after the agreement
FILES = "/partner/referrals/outcomes/<uuid:number>/"  # a file is its sender's own; nobody has this one

OPEN_TO_ALL = ("/partner/code/", "/partner/still-correct/", "/partner/ask/", "/partner/asked/")


@pytest.fixture
def theirs():
    """Pages of a partner that runs things, by pattern: those with a number of one of its rows in their address."""
    who_may.furnish()
    paths = who_may.every_path()
    named = [one.pattern for one in addresses() if one.pattern.startswith("/partner/") and "<" in one.pattern]
    return {name: paths[name] for name in named if not name.startswith(OF_LETTERS) and "<slug:ending>" not in name}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_after_the_agreement_its_people_find_their_figures_for_a_time_and_then_nothing(
    theirs, method, settings, caplog
):
    """J-R10, every address of the workspace: also the lists, which have no number in them."""
    person = PartnerMembership.objects.get(partner__name=who_may.OURS, role="administrator").user
    lists = [one.pattern for one in addresses() if one.pattern.startswith("/partner/") and "<" not in one.pattern]
    paths = {**theirs, **{name: name for name in lists if not name.startswith(OPEN_TO_ALL)}}
    browser, before = who_may.browser(person), workspace.contents()

    found = {}
    for days in (1, settings.PARTNER_FIGURES_DAYS, settings.PARTNER_FIGURES_DAYS + 1):
        Partner.objects.filter(name=who_may.OURS).update(agreement_ends_on=in_days(-days))
        answers = {name: who_may.answer(browser, method, path) for name, path in paths.items()}
        found[days] = {name for name, status in answers.items() if status not in {"404", "405"}}

    figures = {"/partner/figures/", "/partner/figures/file/"} if method == "GET" else set()
    assert list(found.values()) == [figures | {DATA}, figures | {DATA}, set()]
    Partner.objects.update(agreement_ends_on=None)
    assert {**workspace.contents(), "programmes.Partner": None} == {**before, "programmes.Partner": None}


@pytest.fixture
def stranger() -> User:
    """The administrator of another partner."""
    user = UserFactory()
    PartnerMembership.objects.create(partner=PartnerFactory(name="Another partner"), user=user, role="administrator")
    return user


def test_their_own_people_find_every_page(theirs):
    """What the test below rests on."""
    owner = who_may.browser(PartnerMembership.objects.get(partner__name=who_may.OURS, role="administrator").user)

    missing = [name for name, path in theirs.items() if owner.get(path).status_code not in {200, 405}]

    assert len(theirs) > 20
    assert set(missing) == {FILES, DATA}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_partner_is_refused_everywhere_and_each_refusal_is_in_the_log(theirs, stranger, caplog, method):
    """AZ3, AZ4: the answer is the one for a number that does not exist; nothing changes."""
    browser, before = who_may.browser(stranger), workspace.contents()

    for pattern, path in theirs.items():
        caplog.clear()
        answer = browser.generic(method, path)
        if answer.status_code == 405:
            continue
        nowhere = browser.generic(method, re.sub(r"/[0-9]+/", "/999999/", path, count=1))
        assert (pattern, answer.status_code) == (pattern, nowhere.status_code)
        if (pattern, method) != (FILES, "POST"):  # that answers as for a file that was kept already
            assert (pattern, answer.status_code) == (pattern, 404)
        assert any("refused" in record.getMessage() for record in caplog.records), pattern

    assert workspace.contents() == before


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_a_letter_opens_is_refused_without_its_proof_and_that_is_in_the_log(theirs, stranger, caplog, method):
    """AZ3, AZ20: addresses with a proof in them, and pages behind a code."""
    browser, before, paths = who_may.browser(stranger), workspace.contents(), who_may.every_path()
    of_letters = [one.pattern for one in addresses() if one.pattern.startswith(OF_LETTERS) and "<" in one.pattern]

    for pattern in of_letters:
        caplog.clear()
        answer = browser.generic(method, paths[pattern])
        assert answer.status_code in {404, 405}, pattern
        if answer.status_code == 404:
            assert any("refused" in record.getMessage() for record in caplog.records), pattern

    assert len(of_letters) >= 7
    assert workspace.contents() == before


def test_lists_and_files_hold_only_what_is_their_own(theirs, stranger):
    """AZ3: listings, referrals, figures, people, reports."""
    browser = who_may.browser(stranger)

    for path in (
        "listings/",
        "referrals/",
        "referrals/download/csv/",
        "figures/",
        "figures/file/",
        "people/",
        "reports/",
    ):
        answer = browser.get(f"/partner/{path}")
        assert answer.status_code == 200, path
        content = b"".join(answer) if answer.streaming else answer.content
        assert b"Seen by all" not in content, path
        assert who_may.OURS.encode() not in content, path
