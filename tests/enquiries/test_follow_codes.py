"""Proving by reference and code: whatever is typed, the answer is the same for what exists and for what does not."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enquiries import codes, services
from enquiries.models import Event, FollowCode, OutgoingMail, Try
from enquiries.references import new_reference
from enquiries.services import tries
from tests.enquiries.codes import follow_code, mailed
from tests.factories import EnquiryFactory

pytestmark = pytest.mark.django_db

ADDRESS = "applicant@example.org"


@pytest.fixture
def enquiry():
    return EnquiryFactory(contact_email=ADDRESS)


def ask(reference, address=ADDRESS, client=None):
    client = client or Client()
    return client, client.post("/follow/", {"reference": reference, "email": address})


def give(client, code):
    return client.post("/follow/code/", {"code": code})


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def test_reference_and_code_open_the_status_page(enquiry):
    """AZ7."""
    client, answer = ask(enquiry.reference)
    assert answer["Location"] == "/follow/code/"
    assert b"If the reference and the email address belong together" in client.get("/follow/code/").content

    answer = give(client, follow_code(ADDRESS))

    assert answer["Location"] == f"/follow/{enquiry.reference}/"
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    "change", [str.lower, lambda text: text.replace("-", ""), lambda text: f" {text.replace('-', ' ')} "]
)
def test_the_reference_may_be_typed_in_any_way(enquiry, change):
    ask(change(enquiry.reference), "Applicant@EXAMPLE.org")

    assert len(mailed()) == 1


def test_the_code_may_be_typed_with_spaces(enquiry):
    client, _ = ask(enquiry.reference)
    code = follow_code(ADDRESS)

    assert give(client, f" {code[:3]} {code[3:]} ").status_code == 302


@pytest.mark.parametrize("reference", ["known", "unknown"])
def test_a_wrong_reference_and_a_wrong_address_get_the_same_answer_and_no_mail(enquiry, reference):
    """AZ7."""
    right, _ = ask(enquiry.reference)
    typed = enquiry.reference if reference == "known" else new_reference()
    OutgoingMail.objects.all().delete()

    other, answer = ask(typed, "somebody.else@example.org")

    assert answer["Location"] == "/follow/code/"
    assert plain(other.get("/follow/code/")) == plain(right.get("/follow/code/"))
    assert plain(give(other, "123456")) == plain(give(right, "123456"))
    assert not OutgoingMail.objects.exists()


def plain(answer):
    """The page without what differs from one to the next anyway."""
    token = answer.context["csrf_token"]
    return answer.status_code, answer.content.decode().replace(str(token), "")


def test_the_same_work_is_done_whether_they_belong_together_or_not(enquiry):
    """AZ7: nor does the time tell. What is sent to the database is the same, up to the mail that is taken back."""

    def work(reference, address):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            services.ask_for_code(reference=reference, address=address)
        return [query["sql"].split(" ")[0] for query in queries.captured_queries if "SAVEPOINT" not in query["sql"]]

    right = work(enquiry.reference, ADDRESS)

    assert right.count("INSERT") == 2
    assert work(new_reference(), ADDRESS) == work(enquiry.reference, "somebody.else@example.org") == right


def test_a_worker_is_told_in_both_cases_once(enquiry, monkeypatch, django_capture_on_commit_callbacks):
    """AZ7: publishing takes time too."""
    for reference in (enquiry.reference, new_reference()):
        with django_capture_on_commit_callbacks() as told:
            services.ask_for_code(reference=reference, address=ADDRESS)
        assert len(told) == 1


def test_the_mail_names_neither_the_reference_nor_anything_that_was_typed(enquiry):
    """RULES, trap 20; SE11: and it holds no link."""
    ask(enquiry.reference)

    (mail,) = mailed()
    for told in (enquiry.reference, enquiry.organisation, enquiry.contact_name, "http"):
        assert told not in mail.subject + mail.text
    assert mail.give_up_at - timezone.now() <= dt.timedelta(minutes=10)
    assert mail not in OutgoingMail.objects.readable_by_officers()


def test_the_code_is_stored_as_a_keyed_hash_alone(enquiry):
    ask(enquiry.reference)

    assert follow_code(ADDRESS) not in str(FollowCode.objects.values().get()["code"])
    assert len(FollowCode.objects.get().code) == 64


def test_a_code_has_six_digits_from_a_secure_source():
    """SE10."""
    drawn = [codes.new_follow_code() for _ in range(500)]

    assert all(len(code) == 6 and code.isdigit() for code in drawn)
    assert len(set(drawn)) > 480


def test_a_code_works_once(enquiry):
    """SE9."""
    client, _ = ask(enquiry.reference)
    code = follow_code(ADDRESS)
    give(client, code)
    session = client.session
    session["asked to follow"] = str(FollowCode().pk)
    session.save()

    assert "does not work any more" in give(client, code).content.decode()
    assert not FollowCode.objects.exists()


def test_a_code_works_only_in_the_browser_that_asked(enquiry):
    """SE9: nobody can be talked into telling it."""
    ask(enquiry.reference)
    thief, _ = ask(new_reference())

    answer = give(thief, follow_code(ADDRESS))

    assert answer.status_code == 200
    assert thief.get(f"/follow/{enquiry.reference}/").status_code == 404
    assert give(Client(), follow_code(ADDRESS))["Location"] == "/follow/"


def test_a_new_code_ends_the_one_before_it(enquiry):
    """SE9: whichever browser asks."""
    first, _ = ask(enquiry.reference)
    code = follow_code(ADDRESS)
    second, _ = ask(enquiry.reference)

    assert "does not work any more" in give(first, code).content.decode()
    assert give(second, follow_code(ADDRESS)).status_code == 302


def test_a_code_of_another_enquiry_stays_good(enquiry):
    other = EnquiryFactory(contact_email="other@example.org")
    client, _ = ask(other.reference, "other@example.org")

    ask(enquiry.reference)
    ask(new_reference())

    assert give(client, follow_code("other@example.org")).status_code == 302


def test_after_ten_minutes_a_code_is_over(enquiry):
    """SE9."""
    client, _ = ask(enquiry.reference)
    assert FollowCode.objects.get().expires_at - timezone.now() <= dt.timedelta(minutes=10)
    FollowCode.objects.update(expires_at=timezone.now())

    answer = give(client, follow_code(ADDRESS))

    assert "does not work any more" in answer.content.decode()
    services.remove_expired_drafts()
    assert not FollowCode.objects.exists()


def test_the_third_wrong_code_ends_it_for_the_right_one_too(enquiry):
    """SE10."""
    client, _ = ask(enquiry.reference)
    code = follow_code(ADDRESS)
    for _ in range(2):
        assert "That code is not right" in give(client, wrong(code)).content.decode()
    assert "does not work any more" in give(client, wrong(code)).content.decode()

    assert "does not work any more" in give(client, code).content.decode()
    assert client.get(f"/follow/{enquiry.reference}/").status_code == 404


def test_a_try_that_is_no_code_at_all_costs_none(enquiry):
    client, _ = ask(enquiry.reference)
    for _ in range(4):
        assert "Enter the code" in give(client, "").content.decode()

    assert give(client, follow_code(ADDRESS)).status_code == 302


def test_what_nobody_was_mailed_cannot_be_guessed(enquiry):
    """A code of what does not exist opens nothing, even if it were right."""
    client, _ = ask(new_reference())
    code_id = FollowCode.objects.get().pk
    FollowCode.objects.update(code=codes.follow_hash(code_id, "123456"))

    assert services.prove(code_id=code_id, code="123456") is None
    assert give(client, "123456").status_code == 200


def test_ten_tries_an_hour_for_one_reference_wherever_they_come_from(enquiry):
    """AZ7: whether it exists or not."""
    for reference in (enquiry.reference, new_reference()):
        answers = [ask(reference, client=Client(REMOTE_ADDR=f"192.0.2.{number}"))[1] for number in range(11)]

        assert [answer.status_code for answer in answers] == [302] * 10 + [429]
        assert 3500 < int(answers[-1]["Retry-After"]) <= 3600
        assert all(typed in answers[-1].content.decode() for typed in (reference, ADDRESS))


def test_ten_tries_an_hour_from_one_network_whatever_is_tried(enquiry):
    """AZ7."""
    answers = [ask(new_reference())[1] for _ in range(11)]

    assert [answer.status_code for answer in answers] == [302] * 10 + [429]
    assert ask(enquiry.reference, client=Client(REMOTE_ADDR="192.0.2.9"))[1].status_code == 302
    assert len(mailed()) == 1


def test_a_try_that_was_refused_does_not_put_off_the_next_one(monkeypatch, enquiry):
    monkeypatch.setitem(tries.MOST, Try.What.FOLLOW, (1, 1))
    for _ in range(5):
        ask(enquiry.reference)

    assert Try.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"reference": "", "email": ADDRESS}, "Enter your reference"),
        ({"reference": "ABC", "email": ADDRESS}, "Enter your reference, like 4K7-RWX-92M"),
        ({"reference": "x" * 100_000, "email": ADDRESS}, "Reference must be 40 characters or less"),
        ({"reference": "234-\0-679", "email": ADDRESS}, "cannot be read"),
        ({"reference": "234-679-CFH", "email": "nobody"}, "in the correct format"),
    ],
    ids=["none", "short", "very long", "NUL", "address"],
)
def test_what_cannot_be_right_is_said_and_what_was_typed_is_kept(client, typed, message):
    answer = client.post("/follow/", typed)

    assert message in answer.content.decode()
    assert typed["email"] in answer.content.decode()
    assert not FollowCode.objects.exists()


@pytest.mark.parametrize(
    "code", ["１２３４５６", "x" * 50_000, "\0", "12345\ud800"], ids=["full width", "long", "NUL", "half"]
)
def test_strange_codes_are_no_error(enquiry, code):
    """FI5."""
    client, _ = ask(enquiry.reference)
    body = "code=" + "".join(f"%{byte:02X}" for byte in code.encode("utf-8", "surrogatepass"))

    answer = client.post("/follow/code/", data=body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 200


def test_looking_changes_nothing_however_often(enquiry):
    """SE11, AZ17."""
    client, _ = ask(enquiry.reference)
    before = list(FollowCode.objects.values())
    for method in ("get", "head", "get"):
        assert getattr(client, method)("/follow/code/", {"code": follow_code(ADDRESS)}).status_code == 200
        assert (
            getattr(Client(), method)("/follow/", {"reference": enquiry.reference, "email": ADDRESS}).status_code == 200
        )

    assert list(FollowCode.objects.values()) == before
    assert len(mailed()) == 1


def test_the_page_for_the_code_leads_back_where_nothing_was_asked(client):
    assert client.get("/follow/code/")["Location"] == "/follow/"


@pytest.mark.parametrize("page", ["/follow/", "/follow/code/"])
def test_the_pages_ask_for_a_token_of_their_form(page):
    assert Client(enforce_csrf_checks=True).post(page, {}).status_code == 403


def test_whoever_planted_a_session_does_not_see_what_comes(enquiry):
    """SE1."""
    victim, _ = ask(enquiry.reference)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = victim.cookies[settings.SESSION_COOKIE_NAME].value

    give(victim, follow_code(ADDRESS))

    assert thief.get(f"/follow/{enquiry.reference}/").status_code == 404


def test_looking_up_leaves_no_personal_data_in_addresses_logs_or_the_history(enquiry, caplog):
    """FI11."""
    caplog.set_level("DEBUG")
    client, asked = ask(enquiry.reference)
    code = follow_code(ADDRESS)
    answer = give(client, code)

    for told in (asked["Location"], answer["Location"], caplog.text, str(list(Event.objects.values("detail")))):
        assert ADDRESS not in told
        assert code not in told


def test_references_have_no_order_and_no_letters_that_look_alike():
    """AZ6."""
    drawn = [new_reference() for _ in range(10_000)]

    assert len(set(drawn)) == 10_000
    assert sorted(drawn) != drawn
    assert not set("".join(drawn)) & set("0O1IL5S8BUV")
