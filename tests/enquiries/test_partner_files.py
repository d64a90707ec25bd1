"""Outcomes by spreadsheet: out with what is shared and no more, in row by row, and never a part by accident."""

import io
import time
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from enquiries import services
from enquiries.exceptions import Refused
from enquiries.models import Attendance, Event, Interest, OutcomeFile
from enquiries.outcome_sheets import Line
from enquiries.services import outcome_files, partners
from programmes.models import PartnerMembership, Programme
from tests.enquiries.crowd import at_once
from tests.factories import (
    EnquiryFactory,
    IntakeFactory,
    InterestFactory,
    PartnerFactory,
    ProgrammeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

SEND = "/partner/referrals/outcomes/"
HEAD = "Reference,Programme,Outcome,Date,Group,Reason\n"


@pytest.fixture
def partner():
    return PartnerFactory(email="partner@example.org")


@pytest.fixture
def programme(partner):
    found = ProgrammeFactory(title="Example course")
    found.partners.add(partner)
    return found


@pytest.fixture
def member(partner):
    user = UserFactory()
    PartnerMembership.objects.create(partner=partner, user=user)
    return user


@pytest.fixture
def browser(member, browser_of):
    return browser_of(member)


def referred(programme, partner, **more):
    interest = InterestFactory(in_hand=True, programme=programme, **more)
    services.refer(interest_id=interest.pk, officer=interest.enquiry.owner, partner_id=partner.pk)
    interest.refresh_from_db()
    return interest


def row(interest, outcome, *, date="", group="", reason=""):
    return f'{interest.enquiry.reference},{interest.programme_title},{outcome},{date},{group},"{reason}"\n'


def send(browser, content, name="outcomes.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return browser.post(SEND, {"sheet": SimpleUploadedFile(name, data)})


def keep(browser, answer, how):
    return browser.post(answer.url, {"keep": how}, follow=True)


def state(interest):
    interest.refresh_from_db()
    return interest.state


# --- Out -------------------------------------------------------------------------------------------------------------


def test_the_file_holds_only_what_the_rule_shares_safe_from_formulas_and_is_recorded(
    programme, partner, member, browser
):
    """AZ10, EX1, EX2."""
    Programme.objects.update(shared_fields=["organisation"])
    enquiry = EnquiryFactory(in_triage=True, organisation="=1+1", contact_name="Canary Contact")
    interest = referred(programme, partner, enquiry=enquiry, answers=[["Why?", "Canary answer"]])
    others = referred(programme, _other(programme))

    text = browser.get("/partner/referrals/download/csv/").content.decode("utf-8-sig")

    assert interest.enquiry.reference in text
    assert "'=1+1" in text
    assert "Canary" not in text
    assert others.enquiry.reference not in text
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.EXPORTED)
    assert (entry.by, entry.count, entry.ids) == (member, 1, [interest.pk])


def _other(programme):
    other = PartnerFactory()
    programme.partners.add(other)
    return other


def test_what_was_downloaded_and_filled_in_can_be_sent_back_as_it_is(programme, partner, browser):
    interest = referred(programme, partner)
    content = browser.get("/partner/referrals/download/xlsx/").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    columns = [cell.value for cell in sheet[1]]
    sheet.cell(2, columns.index("Outcome") + 1, "Acknowledged")
    book.save(file := io.BytesIO())

    answer = send(browser, file.getvalue(), "outcomes.xlsx")
    keep(browser, answer, "all")

    assert interest.acknowledged_at is None
    interest.refresh_from_db()
    assert interest.acknowledged_at is not None


def test_a_kind_of_file_that_there_is_not_is_not_there(member, browser):
    assert browser.get("/partner/referrals/download/exe/").status_code == 404


# --- In: row by row --------------------------------------------------------------------------------------------------


def test_every_outcome_can_be_sent_and_is_the_persons_by_file(programme, partner, member, browser):
    group = IntakeFactory(programme=programme, title="Group A")
    seen, placed, dropped, back = (referred(programme, partner) for _ in range(4))
    today = f"{timezone.localdate():%d/%m/%Y}"
    sheet = (
        HEAD
        + row(seen, "Acknowledged")
        + row(placed, "enrolled", group="Group A")
        + row(placed, "Attended", date=today)
        + row(placed, "Completed")
        + row(dropped, "Enrolled", group="Group A")
        + row(dropped, "Dropped out", reason="They have left their job")
        + row(back, "Given back", reason="full")
    )

    answer = send(browser, sheet)
    assert "7 rows are right" in browser.get(answer.url).content.decode()
    assert state(placed) == "referred"
    keep(browser, answer, "all")

    assert [state(one) for one in (seen, placed, dropped, back)] == ["referred", "completed", "withdrawn", "received"]
    group.refresh_from_db()
    assert group.places_taken == 1
    assert Attendance.objects.get().via == "file"
    event = Event.objects.get(kind=Event.Kind.ACKNOWLEDGED)
    assert (event.by, event.detail["via"]) == (member, "file")
    assert not OutcomeFile.objects.exists()


def test_each_wrong_row_says_what_is_wrong_with_it(programme, partner, browser):
    interest = referred(programme, partner)
    sheet = (
        HEAD
        + row(interest, "Vanished")
        + row(interest, "Attended", date="soon")
        + row(interest, "Given back", reason="why not")
        + row(interest, "Enrolled", group="No such group")
        + row(interest, "Completed")
    )

    page = browser.get(send(browser, sheet).url).content.decode()

    assert "0 rows are right" in page
    for line, words in enumerate(
        ("not one that we know", "column “Date”", "column “Reason”", "column “Group”", "Enrol them first"), start=2
    ):
        assert f"Row {line}" in page
        assert words in page
    assert "Keep" not in page


def test_a_row_has_the_number_that_the_spreadsheet_shows(programme, partner, browser):
    """An answer of several lines is one cell of one row."""
    first, second = referred(programme, partner), referred(programme, partner)
    sheet = (
        "Reference,Programme,Answers,Outcome\n"
        f'{first.enquiry.reference},Example course,"one\ntwo\nthree",\n'
        f"{second.enquiry.reference},Example course,,Completed\n"
    )

    page = browser.get(send(browser, sheet).url).content.decode()

    assert f"Row 3: {second.enquiry.reference}" in page


def test_the_look_says_what_each_row_would_do_with_its_day_group_and_reason(programme, partner, browser):
    IntakeFactory(programme=programme, title="Group A")
    placed, back = referred(programme, partner), referred(programme, partner)
    today = timezone.localdate()
    sheet = (
        HEAD
        + row(placed, "Enrolled", group="group a")
        + row(placed, "Attended", date=f"{today:%d/%m/%Y}")
        + row(back, "Given back", reason="full")
    )

    page = browser.get(send(browser, sheet).url).content.decode()

    assert "Enrol them: Group A" in page
    assert f'Note a day attended: <time datetime="{today}">{today.day} {today:%B %Y}' in page
    assert "Give it back: We have no places left" in page
    assert page.count("Example course") == 3


def test_a_site_that_the_rule_does_not_share_is_neither_shown_nor_to_be_guessed(programme, partner, browser):
    """AZ10."""
    Programme.objects.update(shared_fields=["email"])
    interest = referred(programme, partner, site_name="Canary House", site_postcode="RM9 9ZZ")
    head = "Reference,Programme,Site,Outcome\n"
    guessed, blank = (
        f"{interest.enquiry.reference},Example course,{site},Acknowledged\n" for site in ("Canary House", "")
    )

    assert "not one of your referrals" in browser.get(send(browser, head + guessed).url).content.decode()
    page = browser.get(send(browser, head + blank).url).content.decode()
    step = browser.get(f"/partner/referrals/{interest.pk}/ask/").content.decode()

    assert "1 row is right" in page
    for shown in (page, step):
        assert "Example course" in shown
        assert "Canary House" not in shown
        assert "RM9 9ZZ" not in shown


def test_a_reference_of_another_partner_is_refused_in_the_words_for_one_that_is_not_there(
    programme, partner, member, browser
):
    """AZ3, AZ4."""
    others = referred(programme, _other(programme))
    made_up = HEAD + "AAA-AAA-AAA,Example course,Acknowledged,,,\n"

    pages = [
        browser.get(send(browser, sheet).url).content.decode()
        for sheet in (HEAD + row(others, "Acknowledged"), made_up)
    ]

    assert all("This is not one of your referrals." in page for page in pages)
    assert others.enquiry.reference not in pages[0]
    others.refresh_from_db()
    assert others.acknowledged_at is None


def test_rows_without_an_outcome_do_nothing(programme, partner, browser):
    page = send(browser, HEAD + row(referred(programme, partner), ""))

    assert "No row has anything in the column" in page.content.decode()


# --- All, the good ones, or none -------------------------------------------------------------------------------------


def test_one_bad_row_in_fifty_keeps_nothing_or_by_choice_the_good_ones(programme, partner, browser):
    """EX7."""
    interests = [referred(programme, partner) for _ in range(49)]
    sheet = HEAD + "".join(row(one, "Acknowledged") for one in interests) + row(interests[0], "Completed")

    answer = send(browser, sheet)
    page = browser.get(answer.url).content.decode()
    assert "49 rows are right. 1 row is not." in page

    keep(browser, answer, "all")
    assert not Interest.objects.exclude(acknowledged_at=None).exists()
    keep(browser, answer, "")
    assert not Interest.objects.exclude(acknowledged_at=None).exists()

    keep(browser, answer, "good")
    assert Interest.objects.exclude(acknowledged_at=None).count() == 49
    keep(browser, answer, "good")
    assert Event.objects.filter(kind=Event.Kind.ACKNOWLEDGED).count() == 49


def test_more_outcomes_than_are_kept_together_are_refused_in_words(programme, partner, member, monkeypatch):
    monkeypatch.setattr(outcome_files, "MOST_AT_ONCE", 1)
    acting = services.Acting(frozenset({partner.pk}), member)
    lines = [Line(number, "x", "x", "", "Completed", "", "", "") for number in (2, 3)]

    with pytest.raises(Refused, match="at most 1 rows at a time"):
        outcome_files.check_file(acting=acting, lines=lines)


def test_what_changed_since_the_look_keeps_nothing_and_is_shown_again(programme, partner, member, browser):
    """EX7."""
    first, second = referred(programme, partner), referred(programme, partner)
    answer = send(browser, HEAD + row(first, "Acknowledged") + row(second, "Acknowledged"))
    acting = services.Acting(frozenset({partner.pk}), member)
    services.acknowledge(interest_id=second.pk, acting=acting)

    page = keep(browser, answer, "all").content.decode()

    first.refresh_from_db()
    assert first.acknowledged_at is None
    assert "Something changed since the rows were checked" in page
    assert "1 row is right. 1 row is not." in page


@pytest.mark.django_db(transaction=True)
def test_two_who_keep_the_same_rows_in_opposite_order_do_not_wait_for_each_other(programme, partner, member):
    """One of them does it, the other is told."""
    colleague = UserFactory()
    PartnerMembership.objects.create(partner=partner, user=colleague)
    interests = [referred(programme, partner) for _ in range(8)]

    def keeps(person, order):
        acting = services.Acting(frozenset({partner.pk}), person, "file")
        lines = [
            Line(number, one.enquiry.reference, one.programme_title, "", "Acknowledged", "", "", "")
            for number, one in enumerate(order, 2)
        ]
        file = outcome_files.check_file(acting=acting, lines=lines)
        return lambda: outcome_files.keep_rows(file_id=file.pk, acting=acting, only_good=False)

    results = at_once(keeps(member, interests), keeps(colleague, interests[::-1]))

    assert sorted(type(result).__name__ for result in results) == ["ChangedMeanwhile", "int"]
    assert Event.objects.filter(kind=Event.Kind.ACKNOWLEDGED).count() == len(interests)


def test_a_crash_in_the_middle_keeps_nothing(programme, partner, browser, monkeypatch):
    """EX7."""
    first, second = referred(programme, partner), referred(programme, partner)
    answer = send(browser, HEAD + row(first, "Acknowledged") + row(second, "Acknowledged"))
    taken = []

    def crash(**by):
        if taken:
            raise RuntimeError("The machine stops.")
        taken.append(by)
        return services.acknowledge(**by)

    monkeypatch.setattr(partners, "acknowledge", crash)
    with pytest.raises(RuntimeError), transaction.atomic():
        browser.post(answer.url, {"keep": "all"})

    assert taken
    assert not Interest.objects.exclude(acknowledged_at=None).exists()


def test_nobody_else_sees_or_keeps_the_rows(programme, partner, browser, browser_of):
    """AZ3, AZ19."""
    interest = referred(programme, partner)
    answer = send(browser, HEAD + row(interest, "Acknowledged"))
    colleague = UserFactory()
    PartnerMembership.objects.create(partner=partner, user=colleague)
    other = browser_of(colleague)

    assert other.get(answer.url).status_code == 404
    other.post(answer.url, {"keep": "all"})

    interest.refresh_from_db()
    assert interest.acknowledged_at is None


def test_what_is_kept_between_holds_no_words_of_the_file(programme, partner, browser):
    interest = referred(programme, partner)
    send(browser, HEAD + row(interest, "Canary", reason="Canary") + "Canary,Canary,Acknowledged,,,\n")

    assert "Canary" not in str(OutcomeFile.objects.get().rows)


# --- Files that are refused ------------------------------------------------------------------------------------------


def packed(parts):
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def workbook(*rows):
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(cells)
    book.save(file := io.BytesIO())
    return file.getvalue()


ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
HEADINGS = ["Reference", "Programme", "Outcome"]

BAD = {
    "a bomb": lambda: packed({"xl/workbook.xml": b"0" * 50_000_000}),
    "entities": lambda: packed({"content.xml": ENTITY}),
    "an external entity": lambda: packed({"content.xml": OUTSIDE}),
    "macros": lambda: packed({"xl/workbook.xml": "<x/>", "xl/vbaProject.bin": "x"}),
    "a million columns": lambda: ("," * 999_998 + "\n").encode(),
    "a wide workbook": lambda: workbook(HEADINGS * 5000),
    "another encoding": lambda: "Reference,Programme,Outcome\nÄÖÜ,ß,x\n".encode("cp1252"),
    "sixteen bits": lambda: "Reference,Programme,Outcome\n".encode("utf-16"),
    "a formula": lambda: workbook(HEADINGS, ["=1+1", "x", "Acknowledged"]),
    "too many rows": lambda: (HEAD + "A,B,C,,,\n" * 1001).encode(),
    "too many bytes": lambda: b"x" * (2 * 1024**2 + 1),
    "no heading": lambda: b"one,two\n1,2\n",
    "no archive": lambda: b"PK\x03\x04 and then nothing",
    "nothing readable": lambda: bytes(range(256)) * 4,
}


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_dangerous_or_broken_is_refused_in_words_within_five_seconds(member, browser, kind):
    """EX6."""
    content = BAD[kind]()
    began = time.monotonic()

    page = send(browser, content)

    assert time.monotonic() - began < 5
    assert page.status_code == 200
    text = page.content.decode()
    assert "There is a problem" in text
    assert "send it again" in text
    assert "Commission" not in text
    assert not OutcomeFile.objects.exists()


@pytest.mark.parametrize("path", [SEND, "/partner/referrals/download/csv/"])
def test_who_is_no_partner_finds_nothing_and_strangers_sign_in(client, path, officer, browser_of):
    """AZ1."""
    assert client.get(path).status_code == 302
    assert browser_of(officer).get(path).status_code == 404
