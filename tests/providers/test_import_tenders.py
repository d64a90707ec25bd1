"""Importing tenders: updates and cancellations are followed, and what is older undoes nothing."""

import io
import itertools
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from providers.models import Tender, TenderImport
from tests.providers.ocds import OCID, addressed, package, release

pytestmark = pytest.mark.django_db

PUBLISHED = Path(__file__).resolve().parents[2].parent / "shared/data/tenders/contracts_finder_care_releases_2025.json"

TENDER = release()
AMENDED = release(
    id="33333333-2222-4222-8222-222222222222-2",
    date="2026-11-02T10:00:00Z",
    tag=["tenderAmendment"],
    tender__title="Care at home and in homes",
    tender__tenderPeriod={"endDate": "2027-01-20T12:00:00Z"},
)
CANCELLED = release(
    id="44444444-2222-4222-8222-222222222222-3",
    date="2026-11-03T10:00:00Z",
    tag=["tenderCancellation"],
    tender={"status": "cancelled"},
)
AWARDED = release(
    id="55555555-2222-4222-8222-222222222222-4", date="2026-11-04T10:00:00Z", tag=["award"], tender__status="complete"
)


@pytest.fixture
def run(tmp_path):
    """The command on a file with these releases, and what it prints."""

    def run(*releases, apply=True, content=None):
        path = tmp_path / "releases.json"
        path.write_bytes(package(*releases) if content is None else content)
        out = io.StringIO()
        call_command("import_tenders", str(path), *["--apply"] * apply, stdout=out)
        return out.getvalue()

    return run


def kept():
    return list(Tender.objects.values_list("title", "state", "release_id").order_by("ocid", "buyer_key"))


def rows():
    return list(Tender.objects.order_by("ocid", "buyer_key").values_list("ocid", "buyer_key", *Tender.FOLLOWED))


def test_without_apply_nothing_is_changed_and_the_counts_are_told(run):
    told = run(TENDER, release(ocid="other", tender__items=[]), apply=False)

    assert "2 notices, 1 of them for care" in told
    assert "Tenders added 1, changed 0; of those over: 0." in told
    assert "Nothing was changed. Say --apply" in told
    assert not Tender.objects.exists()
    assert not TenderImport.objects.exists()


def test_an_open_tender_for_care_is_kept_with_a_record_of_the_import(run):
    assert "Imported." in run(TENDER)

    (tender,), (made,) = Tender.objects.all(), TenderImport.objects.all()
    assert (tender.title, tender.state, tender.value_in_words) == ("Care at home", "open", "£60,000")
    assert (made.source, made.notices, made.fitting, made.added, made.odd) == ("releases.json", 1, 1, 1, {})


def test_amendments_and_cancellations_are_followed(run):
    run(TENDER)
    run(AMENDED)
    assert kept() == [("Care at home and in homes", "open", AMENDED["id"])]

    told = run(CANCELLED)

    assert kept() == [("Care at home and in homes", "cancelled", CANCELLED["id"])]
    assert "changed 1; of those over: 1" in told


def test_an_award_closes_it(run):
    run(TENDER)
    run(AWARDED)

    assert kept() == [("Care at home", "closed", AWARDED["id"])]


@pytest.mark.parametrize("order", list(itertools.permutations([TENDER, AMENDED, AWARDED])))
def test_files_may_come_in_any_order_and_at_once(run, order):
    for one in order:
        run(one)
    one_by_one = rows()
    Tender.objects.all().delete()
    run(*order)

    assert rows() == one_by_one
    assert kept() == [("Care at home", "closed", AWARDED["id"])]


@pytest.mark.parametrize("order", list(itertools.permutations([TENDER, AMENDED, CANCELLED])))
def test_a_short_cancellation_holds_whenever_it_comes(run, order):
    for one in order:
        run(one)

    assert [state for _, state, _ in kept()] == ["cancelled"]


def test_the_end_of_what_is_not_for_care_is_not_kept(run):
    run(AWARDED | {"tender": AWARDED["tender"] | {"classification": {"scheme": "CPV", "id": "45000000"}}})

    assert kept() == []


def test_the_same_file_twice_changes_nothing(run):
    run(TENDER, AMENDED)
    before = rows()

    assert "added 0, changed 0" in run(TENDER, AMENDED)
    assert rows() == before


def test_moments_are_compared_and_not_their_texts(run):
    """11:30 in summer time is before 11:00 in universal time."""
    run(release(date="2026-07-01T11:00:00Z", tender__title="Newer"))
    run(release(date="2026-07-01T11:30:00+01:00", tender__title="Older"))

    assert [title for title, *_ in kept()] == ["Newer"]


def test_one_number_of_several_buyers_is_several_tenders(run):
    others = release(buyer={"id": "GB-CFS-2", "name": "Other Council"}, tag=["award"], date="2026-11-09T10:00:00Z")
    run(TENDER, others)

    assert [state for _, state, _ in kept()] == ["open", "closed"]
    assert {tender.ocid for tender in Tender.objects.all()} == {OCID}


def test_a_tender_that_moves_away_is_not_for_care_here_any_more(run):
    run(TENDER)
    run(AMENDED | {"tender": AMENDED["tender"] | {"items": addressed(region="North West")}})
    assert [state for _, state, _ in kept()] == ["elsewhere"]

    run(release(id="x", date="2026-12-01T10:00:00Z"))
    assert [state for _, state, _ in kept()] == ["open"]


def test_what_was_odd_is_told_and_remembered(run):
    told = run(release(id="5", tender__value={"amount": "much"}))

    assert "- 1 × no page of the notice" in told
    assert TenderImport.objects.get().odd == {"a value that cannot be read": 1, "no page of the notice": 1}


@pytest.mark.parametrize(
    "content",
    [package(TENDER)[:-9], package(AWARDED, {"ocid": "x"}), b"", json.dumps(TENDER).encode() + b"\n{"],
    ids=["torn", "one release lacks all", "empty", "torn line"],
)
def test_a_broken_file_is_refused_whole(run, content):
    run(TENDER)
    before = rows()

    with pytest.raises(CommandError, match=r"Refused\. Nothing was changed\."):
        run(content=content)

    assert rows() == before
    assert TenderImport.objects.count() == 1


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_tenders", "/nowhere/at/all.json")


def test_the_number_of_queries_does_not_grow(run):
    def queries(first, last):
        with CaptureQueriesContext(connection) as captured:
            run(*[release(ocid=f"{OCID}-{number}") for number in range(first, last)])
        return len(captured)

    assert queries(0, 1) == queries(1, 40)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published file is not here")
def test_the_published_file_is_imported_twice(run):
    run(content=PUBLISHED.read_bytes())
    before = rows()
    run(content=PUBLISHED.read_bytes())

    assert rows() == before
    assert sorted(state for _, state, _ in kept()) == ["closed", "open", "planned"]
