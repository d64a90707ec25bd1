"""Making exports: the rows on the screen, whole or not at all, one at a time, gone after a day."""

import csv
import datetime as dt
import io
import uuid
import zipfile
from xml.etree import ElementTree

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careportal.accounts.models import AuditEntry
from careportal.kit import exports as kit
from enquiries import jobs, sweeper, tables, tasks
from enquiries.admin.found import enquiries_found, export_rows, filter_codes
from enquiries.exceptions import Refused
from enquiries.models import ContactVersion, Enquiry, Export, ExportPiece
from enquiries.models.export import PIECE_BYTES
from enquiries.services import exports
from tests.factories import EnquiryFactory, InterestFactory, MailFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def workplace(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "exports"


@pytest.fixture
def lead(db):
    return UserFactory(lead=True)


@pytest.fixture
def ask(lead):
    """Asks for an export, as a lead officer does."""

    def asking(query="", what="enquiries", file_format="csv", by=lead, words=""):
        codes = filter_codes(query, by)
        return exports.ask_for_export(
            by=by, what=what, file_format=file_format, query=query, filters=codes, words=words
        )

    return asking


@pytest.fixture
def made(ask):
    """Asks for one and makes it."""

    def making(*args, **kwargs):
        export = ask(*args, **kwargs)
        exports.make_next(export_rows)
        export.refresh_from_db()
        return export

    return making


def rows_of(export):
    return list(csv.reader(io.StringIO(b"".join(export.content()).decode("utf-8-sig"), newline="")))


def references(export):
    return [row[0] for row in rows_of(export)[1:]]


def test_an_export_is_made_with_the_rows_of_the_list_in_its_order(made, lead):
    """EX3: rows in the file = rows on the screen."""
    EnquiryFactory(closed=True, organisation="Closed home")
    for _ in range(3):
        EnquiryFactory()
    EnquiryFactory(undelivered=True)

    export = made()

    shown = [enquiry.reference for enquiry in enquiries_found("", lead, "")]
    assert export.state == Export.State.READY
    assert references(export) == shown
    assert (export.rows_total, export.rows_done) == (len(shown), len(shown))


def test_an_export_holds_only_what_the_filters_show(made, lead):
    """EX3."""
    mine = EnquiryFactory(in_triage=True, owner=lead)
    EnquiryFactory(in_triage=True)
    EnquiryFactory()

    assert references(made("state=in_triage&owner=me")) == [mine.reference]
    assert references(made("state=closed")) == []


@pytest.mark.parametrize("what", Export.What.values)
@pytest.mark.parametrize("file_format", Export.Format.values)
def test_the_columns_are_those_that_the_page_names(made, what, file_format):
    """EX3: columns in the file = columns on the screen."""
    InterestFactory()

    export = made(what=what, file_format=file_format)

    header = rows_of(export)[0] if file_format == "csv" else first_row(export)
    assert header == tables.table_of(what).header


def first_row(export):
    with zipfile.ZipFile(io.BytesIO(b"".join(export.content()))) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    row = next(one for one in sheet.iter() if one.tag.endswith("}row"))
    return ["".join(cell.itertext()) for cell in row]


def test_what_stands_in_the_list_stands_in_the_file(made):
    """EX3."""
    enquiry = InterestFactory(enquiry__in_triage=True, enquiry__organisation="=cmd()", programme_title="One").enquiry
    InterestFactory(enquiry=enquiry, programme_title="Two")
    MailFactory(enquiry=enquiry, failed=True)

    (row,) = rows_of(made())[1:]

    assert row[:3] == [enquiry.reference, "'=cmd()", "One; Two"]
    assert [row[3], row[4], row[6], row[8]] == ["In triage", str(enquiry.owner), "0", "Failed"]


def test_whom_to_call_when_and_about_which_service_stands_in_the_rows_of_programmes(made):
    enquiry = InterestFactory(
        enquiry__cqc_location_id="1-100",
        enquiry__place_of_care="funded",
        enquiry__size_band="under_50",
        enquiry__contact_telephone="+442079460958",
        enquiry__call_from=14 * 60,
    ).enquiry
    ContactVersion.objects.create(enquiry=enquiry, name="A successor", email="new@example.org", telephone="")
    other = InterestFactory(enquiry__contact_telephone="+442079460958", enquiry__call_from=14 * 60).enquiry

    whole = rows_of(made(what="programmes"))
    rows = {row[0]: dict(zip(whole[0], row, strict=True)) for row in whole[1:]}

    row = rows[enquiry.reference]
    assert (row["CQC location"], row["Gives care"]) == ("1-100", enquiry.get_place_of_care_display())
    assert (row["Staff"], row["Contact"], row["Email"]) == ("10 to 49 staff", "A successor", "new@example.org")
    assert (row["When to call"], rows[other.reference]["When to call"]) == ("", other.call_times_said)


def test_one_row_for_each_programme_with_contact_and_outcome(made):
    partner = PartnerFactory(name="Example partner")
    first = InterestFactory(
        answers=[["How many?", 3], ["Anything else?", ""]], enquiry__contact_telephone="+442079460958"
    )
    second = InterestFactory(
        enquiry=first.enquiry, state="referred", referred_to=partner, referred_at=timezone.now(), programme_title="Two"
    )

    table = rows_of(made(what="programmes"))

    one, two = (dict(zip(table[0], row, strict=True)) for row in table[1:])
    assert (one["Programme"], one["Outcome"]) == (first.programme_title, "Received")
    assert (two["Programme"], two["Outcome"], two["Referred to"]) == ("Two", "Referred", "Example partner")
    assert one["Contact"] == first.enquiry.contact_name
    assert one["Telephone"] == "020 7946 0958"
    assert one["Answers"] == "How many? 3\nAnything else? "
    assert one["Reference"] == two["Reference"] == second.enquiry.reference


@pytest.mark.parametrize("what", Export.What.values)
def test_making_takes_no_more_queries_for_many_rows_than_for_one(made, what, monkeypatch):
    """EX5: rows are read and written in portions, not one by one."""

    def queries():
        with CaptureQueriesContext(connection) as asked:
            made(what=what)
        return len(asked)

    InterestFactory()
    few = queries()
    for _ in range(30):
        InterestFactory()

    assert queries() == few


def test_rows_are_written_while_others_are_still_to_be_read(made, monkeypatch):
    """EX5: what was written is not kept in memory, and nothing is read ahead of a portion."""
    for _ in range(6):
        EnquiryFactory()
    monkeypatch.setattr(tables, "AT_ONCE", 2)
    steps = []
    add, with_mails = kit.CsvFile.add, tables._mail
    monkeypatch.setattr(kit.CsvFile, "add", lambda self, row: (steps.append("written"), add(self, row)))
    monkeypatch.setattr(tables, "_mail", lambda enquiry: (steps.append("read"), with_mails(enquiry))[1])

    made()

    assert steps == ["written", *(["read", "written"] * 6)]


def test_a_file_is_kept_in_pieces_of_a_megabyte(made, monkeypatch):
    monkeypatch.setattr(exports, "PIECE_BYTES", 100)
    monkeypatch.setattr("enquiries.models.export.PIECE_BYTES", 100)
    for _ in range(5):
        EnquiryFactory()

    export = made()

    sizes = [len(bytes(piece.content)) for piece in export.pieces.order_by("number")]
    assert max(sizes) == 100
    assert sum(sizes) == export.size == len(b"".join(export.content()))
    assert len(references(export)) == 5
    assert PIECE_BYTES == 1024 * 1024


# --- What goes wrong -------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """As when the process ends: nobody catches it, and nothing more is written."""


def break_at(monkeypatch, step, error):
    def broken(*args, **kwargs):
        raise error

    monkeypatch.setattr(step[0], step[1], broken)


@pytest.mark.parametrize("step", [(kit.CsvFile, "add"), (kit.CsvFile, "close"), (exports, "note_export")])
def test_a_maker_killed_in_the_middle_leaves_nothing_and_the_export_is_begun_again(ask, monkeypatch, workplace, step):
    """EX9."""
    EnquiryFactory()
    export = ask()
    with monkeypatch.context() as while_it_breaks:
        break_at(while_it_breaks, step, Killed())
        with pytest.raises(Killed):
            exports.make_next(export_rows)
    assert not ExportPiece.objects.exists()
    assert not Export.objects.filter(state=Export.State.READY).exists()
    assert not exports.make_next(export_rows), "its maker may still be at it"

    Export.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert exports.make_next(export_rows)

    export.refresh_from_db()
    assert export.state == Export.State.READY
    assert len(references(export)) == 1


def test_what_a_killed_maker_left_on_the_disk_is_removed(made, workplace):
    (workplace / "left").mkdir(parents=True)
    (workplace / "left" / "file").write_text("somebody's name")

    made()

    assert list(workplace.iterdir()) == []


def test_a_maker_that_lost_its_claim_stores_nothing(ask, monkeypatch):
    """EX9: it was thought dead, and another one is at it."""
    EnquiryFactory()
    export = ask()
    another = uuid.uuid4()
    close = kit.CsvFile.close

    def overtaken(self):
        Export.objects.update(claim=another)
        close(self)

    monkeypatch.setattr(kit.CsvFile, "close", overtaken)
    exports.make_next(export_rows)

    export.refresh_from_db()
    assert (export.state, export.claim) == (Export.State.MAKING, another)
    assert not ExportPiece.objects.exists()


def test_an_export_that_fails_again_and_again_is_shown_as_failed(ask, monkeypatch, caplog):
    export = ask()
    break_at(monkeypatch, (kit.CsvFile, "close"), OSError("no room, says somebody@example.org"))

    for _ in range(4):
        exports.make_next(export_rows)

    export.refresh_from_db()
    assert (export.state, export.attempts_made) == (Export.State.FAILED, 3)
    assert "reason=OSError" in caplog.text
    assert "example.org" not in caplog.text


def test_one_is_made_at_a_time(ask):
    """EX5: mail always has a worker left."""
    first, second = ask(), ask()
    Export.objects.filter(pk=first.pk).update(
        state="making", claim=uuid.uuid4(), lease_until=timezone.now() + dt.timedelta(seconds=100)
    )

    assert not exports.make_next(export_rows)

    second.refresh_from_db()
    assert second.state == Export.State.WAITING
    with pytest.raises(IntegrityError):
        Export.objects.filter(pk=second.pk).update(state="making", claim=uuid.uuid4(), lease_until=timezone.now())


def test_nobody_fills_the_database_with_exports(ask, monkeypatch):
    monkeypatch.setattr(exports, "MOST_KEPT", 2)
    ask(), ask()

    with pytest.raises(Refused, match="You have 2 exports"):
        ask()
    ask(by=UserFactory(lead=True))


# --- Who sees to it --------------------------------------------------------------------------------------------------


def test_the_task_makes_one_and_asks_for_the_next(ask, monkeypatch):
    told = []
    ask()
    monkeypatch.setattr(exports, "tell_worker", lambda: told.append(1))

    tasks.make_exports()
    tasks.make_exports()

    assert Export.objects.get().is_ready
    assert told == [1]


def test_without_a_worker_the_schedules_own_process_makes_it(ask, maildir):
    ask()

    assert sweeper.sweep_if_needed()

    assert Export.objects.get().is_ready


def test_an_export_whose_hint_was_lost_is_hinted_at_again(ask, monkeypatch):
    ask()
    told = []
    monkeypatch.setattr(exports, "tell_worker", lambda: told.append(1))

    exports.look_after_exports()

    assert told == [1]
    assert exports.look_after_exports in [job.run for job in jobs.all_jobs()]


def test_an_export_is_gone_after_a_day(made, workplace):
    """EX5."""
    export = made()
    assert export.expires_at - export.created_at <= dt.timedelta(hours=24)
    Export.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    (workplace / "left").mkdir(parents=True)

    exports.look_after_exports()

    assert not Export.objects.exists()
    assert not ExportPiece.objects.exists()
    assert not workplace.exists()


def test_who_what_filters_and_rows_are_recorded_and_no_word_that_was_typed(made, lead, caplog):
    """EX2."""
    caplog.set_level("INFO")
    EnquiryFactory(organisation="Quetzal Lodge")

    export = made("found=abc&state=new&state=in_triage&unheard=of", words="Quetzal")
    exports.note_download(export)

    recorded = AuditEntry.objects.filter(kind="exported").order_by("pk")
    for step, entry in zip(["made", "taken"], recorded, strict=True):
        filters = {"found": ["typed"], "state": ["new", "in_triage"]}
        assert (entry.by, entry.count) == (lead, 1)
        assert entry.detail == {"what": "enquiries", "step": step, "filters": filters}
    assert "quetzal" not in caplog.text.lower()


def test_the_task_is_told_nothing_about_anybody(ask, monkeypatch):
    told = []
    monkeypatch.setattr(exports.hints, "publish", told.append)

    ask(words="Somebody")

    assert [(one.args, one.kwargs) for one in told] == [((), {})]


def test_closed_enquiries_wait_for_nobody(made):
    EnquiryFactory(closed=True)

    (row,) = rows_of(made("state=closed"))[1:]

    assert row[6] == ""
    assert Enquiry.objects.count() == 1
