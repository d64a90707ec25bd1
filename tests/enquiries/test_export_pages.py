"""The pages of exports: works, bad input, not yours, signed out."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from careportal.accounts.models import User
from enquiries.admin.found import export_rows
from enquiries.models import Export
from enquiries.services import exports
from tests.accounts.journeys import prove
from tests.factories import EnquiryFactory, UserFactory

pytestmark = pytest.mark.django_db

ASK = "/admin/enquiries/enquiry/export/"
QUEUE = "/admin/enquiries/enquiry/"
FORM = {"what": "enquiries", "file_format": "csv", "query": ""}


@pytest.fixture(autouse=True)
def workplace(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def lead(db) -> User:
    return UserFactory(lead=True)


@pytest.fixture
def browser(lead, browser_of) -> Client:
    """A lead officer who has just shown the second factor."""
    return prove(browser_of(lead))


def asked(browser, **changes) -> Export:
    browser.post(ASK, FORM | changes)
    return Export.objects.latest("created_at")


def ready(browser, **changes) -> Export:
    export = asked(browser, **changes)
    exports.make_next(export_rows)
    export.refresh_from_db()
    return export


def page_of(export) -> str:
    return f"{ASK}{export.pk}/"


def file_of(export) -> str:
    return f"{ASK}{export.pk}/file/"


# --- Works -----------------------------------------------------------------------------------------------------------


def test_the_list_leads_to_an_export_of_what_it_shows(browser):
    """EX3."""
    new, _ = EnquiryFactory(), EnquiryFactory(closed=True)
    listed = browser.get(QUEUE, {"state": "new"})
    assert f'href="{ASK}?state=new"' in listed.content.decode()

    page = browser.get(ASK, {"state": "new", "page": "2"})
    assert "1 enquiry" in page.content.decode()
    assert "Waiting (working days)" in page.content.decode()
    export = ready(browser, query=page.context["form"]["query"].value())

    assert export.query == "state=new"
    assert [row.enquiry.reference for row in listed.context["rows"]] == [new.reference]
    lines = b"".join(browser.get(file_of(export))).decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == [new.reference]


def test_the_way_from_asking_to_the_file(browser):
    EnquiryFactory()
    answer = browser.post(ASK, FORM)
    export = Export.objects.get()
    assert answer.url == f"{page_of(export)}?watch=1"

    waiting = browser.get(answer.url)
    assert waiting["Refresh"] == "5"
    assert "Stop looking by itself" in waiting.content.decode()
    assert "Refresh" not in browser.get(page_of(export))
    assert browser.get(file_of(export)).status_code == 404, "nothing can be downloaded before it is whole (EX9)"

    exports.make_next(export_rows)
    done = browser.get(answer.url)
    assert "Your export is ready" in done.content.decode()
    assert "Refresh" not in done
    assert f'href="{file_of(export)}"' in done.content.decode()
    assert page_of(export) in browser.get(ASK).content.decode()


def test_progress_is_told_in_rows(browser):
    export = asked(browser)
    until = timezone.now() + dt.timedelta(seconds=60)
    Export.objects.update(state="making", claim=uuid.uuid4(), lease_until=until, rows_total=5000, rows_done=2000)

    assert "2,000 of 5,000" in browser.get(page_of(export)).content.decode()


def test_an_export_that_failed_says_what_to_do(browser):
    export = asked(browser, query="state=new")
    Export.objects.update(state="failed")

    page = browser.get(page_of(export)).content.decode()

    assert "could not be made" in page
    assert f'href="{ASK}?state=new"' in page


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_file_comes_as_an_attachment_with_a_plain_name_and_is_never_kept(browser, file_format):
    """EX8."""
    export = ready(browser, file_format=file_format, query="q=%22%0d%0aX-Evil%3A+1%3B%E2%80%AEgnp")

    response = browser.get(file_of(export))
    content = b"".join(response)

    name = f"enquiries-{timezone.localdate():%Y-%m-%d}.{file_format}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert int(response["Content-Length"]) == len(content) == export.size
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert "X-Evil" not in response


# --- Bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{"what": ""}, {"what": "secrets"}, {"file_format": "exe"}, {"file_format": ""}])
def test_what_does_not_fit_is_named_and_nothing_is_made(browser, changes):
    page = browser.post(ASK, FORM | {"query": "state=new"} | changes)

    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    assert page.context["form"]["query"].value() == "state=new"
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    "query",
    ["state=nonsense", "q=%00", "q=%", "only=mine&only=mine&x=1", "&&&==", "owner__password=a", "page=abc", "é"],
)
def test_no_filter_breaks_the_page_or_the_making(browser, query):
    assert browser.get(f"{ASK}?{query}").status_code in {200, 400}
    assert ready(browser, query=query).is_ready


def test_filters_longer_than_any_view_of_the_list_are_refused(browser):
    assert browser.get(ASK, {"q": "x" * 2100}).status_code == 400
    assert browser.post(ASK, FORM | {"query": "q=" + "x" * 2100}).status_code == 200
    assert not Export.objects.exists()


def test_too_many_are_refused_with_the_reason(browser, monkeypatch):
    monkeypatch.setattr(exports, "MOST_KEPT", 1)
    asked(browser)

    page = browser.post(ASK, FORM).content.decode()

    assert "You have 1 exports" in page
    assert Export.objects.count() == 1


# --- Not yours -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["viewer", "officer"])
def test_export_is_a_right_of_its_own(browser_of, browser, role):
    """EX2: it is refused before any proof is asked for, and the list does not offer it."""
    EnquiryFactory()
    export = ready(browser)
    other = browser_of(UserFactory(**{role: True}))

    for answer in (other.get(ASK), other.post(ASK, FORM), other.get(page_of(export)), other.get(file_of(export))):
        assert answer.status_code == 403
    assert Export.objects.count() == 1
    assert ASK not in other.get(QUEUE).content.decode()


def test_asking_needs_fresh_proof_of_the_second_factor(browser):
    """EX2, AD17."""
    prove(browser, seconds_ago=901)

    answer = browser.post(ASK, FORM)

    assert answer.status_code == 302
    assert answer.url.startswith("/account/2fa/reauthenticate/")
    assert not Export.objects.exists()


def test_the_file_needs_fresh_proof_too(browser):
    """EX2, AD17."""
    export = ready(browser)
    prove(browser, seconds_ago=901)

    assert browser.get(file_of(export)).url.startswith("/account/2fa/reauthenticate/")
    assert browser.get(page_of(export)).status_code == 200


def test_an_export_is_its_owners_alone(browser, browser_of):
    """AZ19: another session, no session, a guessed name, path tricks."""
    export = ready(browser)
    another = prove(browser_of(UserFactory(administrator=True)))

    for path in (page_of(export), file_of(export)):
        assert browser.get(path).status_code == 200
        assert another.get(path).status_code == 404
        assert Client().get(path).url == f"/account/login/?next={path}"
    assert str(export.pk) not in another.get(ASK).content.decode()
    for guess in (uuid.uuid4(), "1", "..%2f..%2fsecret.key", "%2e%2e", f"{export.pk}.csv", "0" * 32):
        assert browser.get(f"{ASK}{guess}/file/").status_code == 404
    for folder in ("/static/", "/media/", "/"):
        assert browser.get(f"{folder}exports/{export.pk}").status_code == 404


def test_an_export_that_has_expired_is_not_there_even_before_it_is_removed(browser):
    """EX5."""
    export = ready(browser)
    Export.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    assert browser.get(page_of(export)).status_code == 404
    assert browser.get(file_of(export)).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_file_is_only_read(browser, method):
    """AZ17."""
    export = ready(browser)

    assert getattr(browser, method)(file_of(export)).status_code == 405
    assert getattr(browser, method)(page_of(export)).status_code == 405


def test_signed_out(client, db):
    assert client.get(ASK).url == f"/account/login/?next={ASK}"
    assert client.post(ASK, FORM).status_code == 302
    assert not Export.objects.exists()
