"""Notices of tenders: what is read, which are for care here, and what refuses a file."""

import datetime as dt
import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest

from providers.exceptions import FileRefused
from providers.tenders import files
from providers.tenders.fitting import fits
from tests.providers.ocds import OCID, UUID, addressed, package, release

PUBLISHED = Path(__file__).resolve().parents[2].parent / "shared/data/tenders/contracts_finder_care_releases_2025.json"


def one(**changes):
    (notice,) = files.notices(package(release(**changes)))
    return notice


def test_a_notice_is_read_without_its_people():
    facts = one().facts()

    assert facts == {
        "buyer": "Example Council",
        "title": "Care at home",
        "state": "open",
        "release_id": f"{UUID}-100001",
        "released_at": dt.datetime(2026, 11, 1, 10, tzinfo=dt.UTC),
        "notice_url": f"https://www.contractsfinder.service.gov.uk/Notice/{UUID}",
        "closes_at": dt.datetime(2026, 12, 20, 12, tzinfo=dt.UTC),
        "value_from": None,
        "value_to": Decimal("60000.00"),
        "currency": "GBP",
        "is_for_small": True,
        "is_for_voluntary": False,
    }
    assert "somebody" not in repr(one()).lower()


def test_times_are_instants_whatever_their_offset():
    summer = one(date="2026-07-01T12:00:00+01:00", tender__tenderPeriod={"endDate": "2026-07-20T12:00:00"})

    assert summer.date == dt.datetime(2026, 7, 1, 11, tzinfo=dt.UTC)
    assert summer.closes_at == dt.datetime(2026, 7, 20, 11, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("tag", "status", "state"),
    [
        ("tender", "active", "open"),
        ("tenderAmendment", "active", "open"),
        ("tenderUpdate", "active", "open"),
        ("planning", "planning", "planned"),
        ("planning", "planned", "planned"),
        ("tenderCancellation", "cancelled", "cancelled"),
        ("tenderCancellation", None, "cancelled"),
        ("tender", "withdrawn", "cancelled"),
        ("tender", "complete", "closed"),
        ("tender", "unsuccessful", "closed"),
        ("award", "complete", "closed"),
        ("awardUpdate", "active", "closed"),
        ("contract", None, "closed"),
        ("compiled", "active", "open"),
    ],
)
def test_the_kind_of_notice_and_the_status_tell_the_state(tag, status, state):
    assert one(tag=[tag], tender__status=status).state == state


def test_what_was_compiled_from_many_notices_is_over_once_it_was_awarded():
    assert one(tag=["compiled"], awards=[{"id": "1"}]).state == "closed"


def test_a_notice_of_find_a_tender_has_its_page_by_its_own_number():
    notice = one(ocid="ocds-h6vhtk-0a1b2c", id="012345-2026")

    assert notice.notice_url == "https://www.find-tender.service.gov.uk/Notice/012345-2026"


@pytest.mark.parametrize(
    ("changes", "odd"),
    [
        ({"tender__tenderPeriod": {"endDate": "soon"}}, "a closing date that cannot be read"),
        ({"tender__tenderPeriod": {"endDate": "0001-01-01T00:00:00Z"}}, "a closing date that cannot be read"),
        ({"tender__tenderPeriod": {"endDate": 5}}, "a closing date that cannot be read"),
        ({"tender__value": {"amount": "a lot"}}, "a value that cannot be read"),
        ({"tender__value": {"amount": -1}}, "a value that cannot be read"),
        ({"tender__value": {"amount": 1e300}}, "a value that cannot be read"),
        ({"id": "5"}, "no page of the notice"),
        ({"id": "../../evil"}, "no page of the notice"),
    ],
)
def test_what_cannot_be_read_is_left_out_and_told(changes, odd):
    notice = one(**changes)

    assert notice.odd == [odd]
    assert None in notice.facts().values() or notice.notice_url == ""


def test_texts_are_made_fit_to_be_kept():
    notice = one(tender__title="Care\u0000 at\n home \ud800" + "x" * 400, buyer={"id": "1", "name": "B" * 400})

    facts = notice.facts()
    assert facts["title"].startswith("Care\ufffd at home \ufffd")
    assert (len(facts["title"]), len(facts["buyer"])) == (300, 200)


CARE = {"scheme": "CPV", "id": "85311100"}


@pytest.mark.parametrize(
    ("changes", "is_ours"),
    [
        ({}, True),
        ({"tender__classification": {"scheme": "CPV", "id": "45000000"}}, False),
        ({"tender__classification": {"scheme": "CPV", "id": "80561000"}}, True),
        ({"tender__classification": {"scheme": "CPV", "id": "80100000"}}, False),
        ({"tender__classification": {"scheme": "UNSPSC", "id": "85000000"}}, False),
        ({"tender__classification": None}, False),
        ({"tender__classification": None, "tender__additionalClassifications": [CARE]}, True),
        ({"tender__items": addressed(region="Greater London")}, True),
        ({"tender__items": addressed(region="UKI41")}, True),
        ({"tender__items": addressed(region="UKJ")}, False),
        ({"tender__items": addressed(region="North West")}, False),
        ({"tender__items": addressed(postalCode="rm10 7aa")}, True),
        ({"tender__items": addressed(postalCode="SE1 8UG")}, False),
        ({"tender__items": addressed(locality="BARKING AND DAGENHAM")}, True),
        ({"tender__items": []}, False),
        ({"tender__items": [], "buyer": {"id": "1", "name": "LONDON BOROUGH OF BARKING AND DAGENHAM (LBBD)"}}, True),
        ({"tender__items": [], "buyer": {"id": "1", "name": "Newhampton Council"}}, False),
        ({"tender__items": None, "buyer": {"id": "1", "name": "London Borough of Newham"}}, True),
    ],
)
def test_tenders_for_care_in_the_area_or_near_it_fit(changes, is_ours):
    assert fits(one(**changes)) is is_ours


def test_where_a_website_buys_for_a_council_the_council_counts():
    parties = [{"id": "9", "name": "London Borough of Havering", "roles": ["procuringEntity"]}]

    assert fits(one(tender__items=[], buyer={"id": "1", "name": "EU SUPPLY LIMITED"}, parties=parties))


def test_find_a_tender_has_the_kind_of_service_with_the_items():
    item = {"additionalClassifications": [CARE], "deliveryAddresses": [{"region": "UKI"}]}
    tender = {"title": "Care", "items": [item]}

    assert fits(files.notices(package({**release(), "tender": tender}))[0])


def test_another_council_has_other_lists(settings):
    tenders = settings.COUNCIL.tenders.model_copy(update={"cpv": ["45"], "regions": ["North West"], "buyers": []})
    settings.COUNCIL = settings.COUNCIL.model_copy(update={"tenders": tenders})

    assert not fits(one())
    assert fits(
        one(tender__classification={"scheme": "CPV", "id": "45000000"}, tender__items=addressed(region="North West"))
    )


def test_releases_come_one_a_line_too():
    content = b"\n".join(json.dumps(one).encode() for one in (release(), release(id="2"))) + b"\n\n"

    assert [notice.id for notice in files.notices(content)] == [f"{UUID}-100001", "2"]
    assert len(files.notices(json.dumps(release()).encode())) == 1
    assert len(files.notices(b"\xef\xbb\xbf" + package(release()))) == 1


def test_records_hold_their_releases_or_what_they_come_to():
    links = [
        {"url": "https://www.find-tender.service.gov.uk/api/1.0/ocdsReleasePackages/000001-2026", "date": "2026-01-01"},
        {"url": "https://www.find-tender.service.gov.uk/api/1.0/ocdsReleasePackages/000002-2026", "date": "2026-02-01"},
    ]
    compiled = release(id="compiled", tag=["compiled"])
    records = [
        {"ocid": OCID, "releases": [release(), release(id="2")]},
        {"ocid": OCID, "releases": links, "compiledRelease": compiled},
        {"ocid": OCID, "compiledRelease": compiled},
    ]

    found = files.notices(json.dumps({"records": records}).encode())

    assert [notice.id for notice in found] == [f"{UUID}-100001", "2", "000002-2026", "compiled"]


def without(*path):
    made = release()
    inner = made
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return made


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no JSON"),
        (b"<html></html>", "no JSON"),
        (b"\xff\xfe{", "no JSON"),
        (package(release())[:-20], "not all of it"),
        (b"[" * 100_000, "nested too deeply"),
        (b"9" * 5000, "no JSON"),
        (package(release(tender__value={"amount": float("nan")})), "NaN is no number"),
        (b"[]", "no package"),
        (b"5", "no package"),
        (b"{}", "neither"),
        (b'{"releases": {}}', "no list"),
        (b'{"releases": []}', "no releases"),
        (b'{"records": [5]}', "no object"),
        (b'{"records": [{}]}', "neither releases nor"),
        (package(release(), 5), "Release 2: the whole"),
        (package(release(), without("ocid")), "Release 2: ocid: Field required"),
        (package(without("id")), "Release 1: id: Field required"),
        (package(without("date")), "date: Field required"),
        (package(release(date="yesterday")), "must be a date and time"),
        (package(release(date=None)), "must be a date and time"),
        (package(without("tag")), "tag: Field required"),
        (package(release(tag=[])), "tag: "),
        (package(without("buyer")), "buyer: Field required"),
        (package(release(buyer={"id": "x"}, parties=[])), "buyer.name: Field required"),
        (package(without("tender")), "tender.title: Field required"),
        (package(without("tender", "title")), "tender.title: Field required"),
        (package(release(ocid="x" * 101)), "ocid: String should have at most 100"),
        (package(release(ocid=" \u200b")), "ocid: must not be empty"),
        (package(release(tender__items="many")), "tender.items"),
        (json.dumps(release()).encode() + b"\n" + b'{"ocid"', "Line 2: It is no JSON"),
        (gzip.compress(package(release())), "compressed"),
        (b"PK\x03\x04", "compressed"),
        (b" " * (files.MOST_BYTES + 1), "larger than 50 MB"),
    ],
)
def test_a_broken_file_is_refused_with_the_reason(content, reason):
    with pytest.raises(FileRefused) as refusal:
        files.notices(content)

    assert reason in str(refusal.value)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published file is not here")
def test_the_published_file_is_read_and_the_ones_for_london_fit():
    found = files.notices(PUBLISHED.read_bytes())

    ours = [notice for notice in found if fits(notice)]
    assert (len(found), len(ours), len({notice.process for notice in ours})) == (24, 4, 3)
    assert {notice.state for notice in ours} == {"closed", "planned", "open"}
    assert all(not notice.odd for notice in found)
