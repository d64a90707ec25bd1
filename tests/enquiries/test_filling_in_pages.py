"""Whoever applied by email fills in what is missing: by reference and code, on our own pages (J-P4)."""

import re

import pytest
from django.test import Client

from enquiries import services
from enquiries.models import Draft, Enquiry, FollowCode
from tests.applying import errors
from tests.enquiries.codes import follow_code, mailed
from tests.enquiries.emailed import Completing, draft_for, emailed, filled_in
from tests.enquiries.follower import following
from tests.factories import (
    DirectoryImportFactory,
    EnquiryFactory,
    ProgrammeFactory,
    RegisteredLocationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ADDRESS = "applicant@example.org"


@pytest.fixture
def enquiry(open_programme):
    return emailed(contact_email=ADDRESS, contact_name="Example Sender")


def text_of(response):
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


# --- The way in -------------------------------------------------------------------------------------------------------


def come_in(enquiry, address=ADDRESS, start="/complete/"):
    client = Client()
    asked = client.post(start, {"reference": enquiry.reference, "email": address})
    assert asked.status_code == 302, asked.content.decode()
    return client, asked["Location"]


def test_reference_and_code_lead_to_the_details(enquiry):
    client, code_page = come_in(enquiry)

    proved = client.post(code_page, {"code": follow_code(ADDRESS)})

    assert proved["Location"] == f"/follow/{enquiry.reference}/details/"
    assert "What we read in your email" in client.get(proved["Location"]).content.decode()


def test_the_same_code_leads_to_the_status_page_from_there(enquiry):
    client, code_page = come_in(enquiry)
    client, code_page = come_in(enquiry, start="/follow/")

    assert client.post(code_page, {"code": follow_code(ADDRESS)})["Location"] == f"/follow/{enquiry.reference}/"


def test_a_complete_one_leads_to_its_status_page(open_programme):
    enquiry = EnquiryFactory(contact_email=ADDRESS)
    client, code_page = come_in(enquiry)

    assert client.post(code_page, {"code": follow_code(ADDRESS)})["Location"] == f"/follow/{enquiry.reference}/"


def test_a_wrong_reference_and_a_wrong_address_are_answered_like_a_right_one(enquiry):
    """AZ7."""
    pages = set()
    for reference, address in ((enquiry.reference, ADDRESS), ("ABC-DEF-GHJ", ADDRESS), (enquiry.reference, "a@b.org")):
        client = Client()
        answer = client.post("/complete/", {"reference": reference, "email": address})
        page = client.get(answer["Location"]).content.decode()
        pages.add((answer.status_code, answer["Location"], re.sub(r'(nonce|value|name)="[^"]*"', "", page)))
    assert len(pages) == 1


def test_more_than_ten_tries_an_hour_are_refused(enquiry):
    """AZ7."""
    answers = [Client().post("/complete/", {"reference": enquiry.reference, "email": "a@b.org"}) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [302] * 10 + [429]


def test_bad_input_comes_back_with_what_was_typed(db):
    page = Client().post("/complete/", {"reference": "x", "email": "applicant@"})

    assert len(errors(page)) == 2
    assert "applicant@" in page.content.decode()


def test_opening_pages_changes_nothing(enquiry):
    """SE11: a scanner may open every address."""
    client = following(enquiry)
    events = enquiry.events.count()

    for address in ("/complete/", f"/follow/{enquiry.reference}/details/", f"/follow/{enquiry.reference}/not-needed/"):
        for ask in (client.get, client.head):
            assert ask(address).status_code == 200

    enquiry.refresh_from_db()
    assert not Draft.objects.exists()
    assert (enquiry.state, enquiry.events.count(), FollowCode.objects.count()) == ("new", events, 0)


@pytest.mark.parametrize("page", ["details", "not-needed"])
def test_somebody_elses_is_not_there(enquiry, page):
    """AZ2."""
    other = following(emailed())
    address = f"/follow/{enquiry.reference}/{page}/"

    for client in (Client(), other):
        assert client.get(address).status_code == client.post(address).status_code == 404
    assert not Draft.objects.exists()


# --- The pages --------------------------------------------------------------------------------------------------------


def test_it_goes_through_the_applications_own_pages_and_is_filled_in(enquiry):
    stored = Completing(enquiry).complete()

    assert (stored.is_incomplete, stored.organisation) == (False, "Example care home")
    assert stored.interests.get().programme.slug == "open"
    assert Enquiry.objects.count() == 1


def test_what_was_read_stands_on_the_pages_and_is_to_be_checked(enquiry):
    somebody = Completing(enquiry).begin()
    assert somebody.at == "programmes"
    page = somebody.client.get(somebody.page).content.decode()
    assert "We read this in your email. Check it." in page
    assert re.search(r'value="open"[^>]*checked|checked[^>]*value="open"', page)

    somebody.go_to("postcode")
    page = somebody.client.get(somebody.page).content.decode()
    assert "We read this in your email" in page
    assert 'value="RM10 7AA"' in page

    somebody.go_to("contact")
    page = somebody.client.get(somebody.page).content.decode()
    assert 'value="020 7946 0958"' in page
    assert 'value="Example Sender"' in page
    assert f"We answer you at {ADDRESS}." in page


def test_what_nobody_checked_is_no_answer(enquiry):
    somebody = Completing(enquiry).begin()

    response = somebody.client.get(somebody.url("check"))

    assert response["Location"] == somebody.url("programmes")


def test_the_address_cannot_be_typed_over(enquiry):
    stored = Completing(enquiry, contact={"full_name": "Example", "email": "other@example.org"}).complete()

    assert stored.contact.email == ADDRESS


def test_a_name_left_out_is_asked_for(enquiry):
    somebody = Completing(enquiry, contact={"full_name": ""}).begin().go_to("contact")

    assert errors(somebody.answer()) == ["Enter your full name"]


def test_before_it_is_sent_the_email_is_shown_with_all_answers(enquiry):
    somebody = Completing(enquiry).begin().go_to("check")

    page = text_of(somebody.client.get(somebody.page))

    assert "Your email" in page
    assert "we would like to join the Open programme" in page
    assert ADDRESS in page


def test_no_more_than_eight_fields_about_a_person_are_asked(enquiry):
    """Asked are a name, a number and when to call; the address is known. The rest is about the service."""
    somebody = Completing(enquiry).begin()
    asked = set()
    while somebody.at != "check":
        page = somebody.client.get(somebody.page).content.decode()
        asked |= set(re.findall(r'<(?:input|select|textarea)[^>]*name="([^"]+)"', page.partition("<main")[2]))
        somebody.answer()

    personal = asked & {"full_name", "email", "telephone", "call_from", "call_until", "call_not_on", "message"}
    assert personal == {"full_name", "telephone", "call_from", "call_until", "call_not_on"}
    assert len(personal) <= 8


def test_a_service_of_the_cqcs_list_is_suggested(enquiry):
    RegisteredLocationFactory(name="Example home", postcode="RM10 7AA")
    DirectoryImportFactory()
    somebody = Completing(enquiry, find={"location": "", "words": "Example home"}, right={"right": "yes"}).begin()
    assert "Example home" in text_of(somebody.client.get(f"/follow/{enquiry.reference}/details/"))

    somebody.go_to("find")
    assert 'value="Example home"' in somebody.client.get(somebody.page).content.decode()
    somebody.go_to("check").send()

    enquiry.refresh_from_db()
    assert enquiry.cqc_location_id
    assert (enquiry.organisation, enquiry.postcode) == ("Example home", "RM10 7AA")


def test_a_second_start_goes_on_with_the_same_in_the_browser_that_proved_last(enquiry):
    first = Completing(enquiry).begin().go_to("service")

    second = Completing(enquiry).begin()

    assert Draft.objects.count() == 1
    assert second.at == "service"
    assert first.client.get(first.page).status_code == 404


def test_it_is_saved_and_come_back_to_like_any_application(enquiry):
    somebody = Completing(enquiry).begin().go_to("postcode")

    response = somebody.client.post(somebody.page, {"postcode": "RM10 7AA", "save": "yes"})

    assert response["Location"] == somebody.url("save")
    saved = somebody.client.post(somebody.url("save"), {"email": ADDRESS, "shown": Draft.objects.get().saved_as})
    assert saved["Location"] == somebody.url("saved")


def test_whoever_proved_the_old_address_does_not_go_on_once_there_is_a_new_one(enquiry):
    """SE15: what was typed is kept for whoever proves the new one."""
    somebody = Completing(enquiry).begin().go_to("postcode")
    change = services.ask_for_address(enquiry_id=enquiry.pk, address="new@example.org", browser="a")
    (code,) = re.findall(r"Your code is:\s+([0-9]{6})", mailed(change.email)[-1].text)
    services.prove_address(enquiry_id=enquiry.pk, code=code, browser="a")

    assert somebody.client.get(somebody.page).status_code == 404
    assert Completing(enquiry).begin().at == "postcode"


def test_what_expired_is_begun_anew(enquiry):
    Completing(enquiry).begin()
    Draft.objects.update(expires_at="2020-01-01T00:00Z")

    Completing(enquiry).begin()

    assert Draft.objects.count() == 1


def test_sent_twice_it_is_filled_in_once_and_shows_the_reference(enquiry):
    somebody = Completing(enquiry).begin().go_to("check")
    checked = somebody.hidden()

    first = somebody.client.post(somebody.url("check"), {"may_apply": "on", **checked})
    second = somebody.client.post(somebody.url("check"), {"may_apply": "on", **checked})

    assert first["Location"] == second["Location"] == somebody.url("sent")
    assert enquiry.reference in somebody.client.get(somebody.url("sent")).content.decode()
    assert enquiry.events.filter(kind="filled_in").count() == 1


def test_where_an_officer_was_quicker_the_provider_is_told(enquiry, officer):
    somebody = Completing(enquiry).begin().go_to("check")
    checked = somebody.hidden()
    other = draft_for(emailed())
    services.fill_in_enquiry(enquiry_id=enquiry.pk, draft=Draft(answers=other.answers), officer=officer)

    response = somebody.client.post(somebody.url("check"), {"may_apply": "on", **checked}, follow=True)

    assert "An officer has filled in the details for you meanwhile" in text_of(response)
    assert enquiry.reference in text_of(response)
    assert somebody.client.get(somebody.url("service"))["Location"] == somebody.url("sent")


def test_one_that_is_closed_meanwhile_is_refused_with_the_reason(enquiry):
    somebody = Completing(enquiry).begin().go_to("check")
    services.close_for_provider(enquiry_id=enquiry.pk)

    page = text_of(somebody.send())

    assert "This application is closed. Call or write to us, or apply again." in page
    assert Client().get(f"/follow/{enquiry.reference}/details/").status_code == 404
    assert following(enquiry).get(f"/follow/{enquiry.reference}/details/").status_code == 302


def test_a_programme_for_people_with_an_account_leads_to_the_sign_in_and_back(enquiry, browser_of):
    ProgrammeFactory(slug="members", needs_account=True)
    somebody = Completing(enquiry).begin()
    first_page = somebody.page

    response = somebody.answer({"programmes": ["members"]})

    assert response["Location"].endswith(f"?next={first_page}")
    somebody.client.force_login(UserFactory())
    page = somebody.client.get(first_page).content.decode()
    assert re.search(r'value="members"[^>]*checked|checked[^>]*value="members"', page)


# --- The page of the enquiry ------------------------------------------------------------------------------------------


def test_the_status_page_offers_it_first(enquiry):
    page = text_of(following(enquiry).get(f"/follow/{enquiry.reference}/"))

    assert "We need a few details before we can decide." in page
    assert page.index("Fill in the details") < page.index("Received")
    assert "What you applied for" not in page
    assert "We go on as soon as we have your details." in page


def test_the_copy_shows_the_email(enquiry):
    page = text_of(following(enquiry).get(f"/follow/{enquiry.reference}/copy/"))

    assert "What you wrote" in page
    assert "What kind of care" not in page


def test_once_it_is_filled_in_the_pages_are_those_of_any_application(enquiry):
    filled_in(enquiry)
    client = following(enquiry)

    page = text_of(client.get(f"/follow/{enquiry.reference}/"))

    assert "What you applied for" in page
    assert "We need a few details" not in page
    assert client.get(f"/follow/{enquiry.reference}/details/")["Location"] == f"/follow/{enquiry.reference}/"
    copy = text_of(client.get(f"/follow/{enquiry.reference}/copy/"))
    assert "What you wrote" in copy
    assert "anything else we should know" not in copy


@pytest.mark.parametrize("page", ["", "copy/", "write/", "documents/", "contact/", "withdraw/", "undo/"])
def test_every_page_of_one_without_programmes_can_be_read(enquiry, page):
    client = following(enquiry)

    assert client.get(f"/follow/{enquiry.reference}/{page}").status_code == 200
    assert client.post(f"/follow/{enquiry.reference}/{page}", {}).status_code < 500


def test_whoever_does_not_need_it_any_more_says_so_with_one_button(enquiry):
    client = following(enquiry)

    page = client.post(f"/follow/{enquiry.reference}/not-needed/", follow=True)

    enquiry.refresh_from_db()
    assert enquiry.state == "closed"
    assert "We have closed what you asked for" in text_of(page)
    assert "is closed already" in text_of(client.get(f"/follow/{enquiry.reference}/not-needed/"))


def test_a_complete_one_is_withdrawn_instead(enquiry):
    filled_in(enquiry)

    page = text_of(following(enquiry).post(f"/follow/{enquiry.reference}/not-needed/"))

    enquiry.refresh_from_db()
    assert enquiry.state == "new"
    assert "Withdraw it" in page
