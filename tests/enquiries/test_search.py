"""Searching the queue: by what, how it may be written, and that the words stay out of addresses."""

import pytest
from django.test import Client

from careportal.kit.cleaning import fold
from enquiries import services
from enquiries.models import Enquiry
from tests.applying import Applicant
from tests.factories import EnquiryFactory, ProviderFactory, UserFactory

pytestmark = pytest.mark.django_db

QUEUE, SEARCH = "/admin/enquiries/enquiry/", "/admin/enquiries/enquiry/search/"


@pytest.fixture
def browser(officer, browser_of):
    return browser_of(officer)


@pytest.fixture
def wanted():
    """One among others, closed: a search looks everywhere."""
    EnquiryFactory(organisation="Somebody else", postcode="IG11 7LU")
    return EnquiryFactory(
        closed=True,
        organisation="Café O’Brien Nursing",
        contact_name="Zoë Example",
        contact_email="Zoe.Example@example.org",
        contact_telephone="+442079460958",
        postcode="RM8 2PR",
        message="We need help with rotas over Ramaḍān.",
        provider=ProviderFactory(name="Parent company", cqc_provider_id="1-101640000"),
    )


def search(browser, words, **more):
    return browser.post(SEARCH, {"words": words, **more}, follow=True)


def found(response):
    return [row.enquiry for row in response.context["rows"]]


@pytest.mark.parametrize(
    "words",
    [
        *("cafe o'brien", "CAFÉ O’BRIEN", "nursing café", "afé"),
        *("zoe example", "ZOË", "zoe.example@example.org"),
        *("02079460958", "020 7946 0958", "+442079460958"),
        *("RM8 2PR", "rm82pr", "rm8"),
        *("1-101640000", "Parent company", "rotas ramadan"),
    ],
)
def test_an_enquiry_is_found_however_it_is_written(browser, wanted, words):
    assert found(search(browser, words)) == [wanted]


def test_a_whole_address_is_the_contacts_own(browser, wanted):
    EnquiryFactory(contact_email="not.zoe.example@example.org")

    assert found(search(browser, "Zoe.Example@Example.org cafe")) == [wanted]
    assert len(found(search(browser, "zoe.example@exa"))) == 2


@pytest.mark.parametrize("words", ["rotas elsewhere", "100%", "___rot", "rot_s", "rotas\\", "'; DROP TABLE", "***abc"])
def test_every_word_must_be_in_it_and_signs_stand_for_themselves(browser, wanted, words):
    """FI21."""
    assert found(search(browser, words)) == []


def test_a_whole_reference_leads_straight_to_the_enquiry(browser, wanted):
    response = search(browser, f" {wanted.reference.lower()} ")

    assert response.redirect_chain == [(wanted.get_absolute_url(), 302)]


def test_what_officers_wrote_in_notes_is_not_searched(browser, officer, wanted):
    services.add_note(enquiry_id=wanted.pk, officer=officer, text="Rang about safeguarding.")

    assert found(search(browser, "safeguarding")) == []


def test_the_words_stand_in_no_address(browser, wanted):
    """AD12: only a key does, and only in this officer's session does it mean anything."""
    response = search(browser, "Zoë Example")
    ((address, _),) = response.redirect_chain

    assert "found=" in address
    assert "zo" not in address.partition("found=")[0].lower().replace("zoneinfo", "")
    assert "example" not in address.lower()
    assert 'value="Zoë Example"' in response.content.decode()
    assert found(browser.get(address)) == [wanted]


def test_a_key_of_another_session_shows_nothing(browser, browser_of, wanted):
    """AD12."""
    ((address, _),) = search(browser, "Zoë Example").redirect_chain

    shown = browser_of(UserFactory(officer=True)).get(address)

    assert found(shown) == []
    assert "This search is not kept any longer. Search again." in shown.content.decode()


def test_the_last_ten_searches_are_kept(browser, wanted):
    addresses = [search(browser, f"search {number}").redirect_chain[0][0] for number in range(11)]

    assert "not kept any longer" in browser.get(addresses[0]).content.decode()
    assert 'value="search 1"' in browser.get(addresses[1]).content.decode()


def test_a_search_keeps_the_filters_and_filters_keep_the_search(browser, wanted):
    EnquiryFactory(organisation="Café, still open")
    ((address, _),) = search(browser, "cafe", filters="state=closed&evil=1").redirect_chain

    assert "state=closed" in address
    assert "evil" not in address
    assert found(browser.get(address)) == [wanted]
    assert f'name="found" value="{address.partition("found=")[2]}"' in browser.get(address).content.decode()
    assert len(found(browser.get(address.replace("state=closed&", "")))) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "Enter what to search for"),
        ("   ", "Enter what to search for"),
        ("%", "Enter at least 3 letters or digits in a row"),
        ("__%__", "Enter at least 3 letters or digits in a row"),
        ("ab", "Enter at least 3 letters or digits in a row"),
        ("abc\x00", "character in it that cannot be read"),
        ("x" * 10_000, "must be 100 characters or less"),
        ("é" * 101, "must be 100 characters or less"),
    ],
)
def test_what_cannot_be_searched_for_is_said_on_the_page(browser, wanted, words, message):
    """FI5, FI21: never an error of the server."""
    shown = search(browser, words)

    assert shown.status_code == 200
    assert message in shown.content.decode()


@pytest.mark.parametrize("filters", ["x" * 10_000, "%00", "state=%00&owner=%FF", "&".join("abc")])
def test_hostile_filters_beside_a_search_do_no_harm(browser, wanted, filters):
    assert search(browser, "zoe example", filters=filters).status_code == 200


@pytest.mark.parametrize("key", ["unknown", "%00", "x" * 5000, "A", "' OR 1=1", ""])
def test_hostile_keys_find_nothing_and_break_nothing(browser, wanted, key):
    assert browser.get(QUEUE, {"found": key}).status_code == 200


def test_looking_at_the_address_of_the_search_leads_to_the_list(browser):
    assert browser.get(SEARCH).status_code == 302


def test_officers_who_may_only_look_may_search_and_nobody_else(browser_of, viewer, wanted):
    """AZ1."""
    assert found(search(browser_of(viewer), "zoe example")) == [wanted]
    assert browser_of(UserFactory()).post(SEARCH, {"words": "zoe"}).status_code == 403
    assert Client().post(SEARCH, {"words": "zoe"}).status_code == 302


def test_an_application_that_was_sent_is_found_at_once(browser, open_programme):
    enquiry = Applicant().apply("open")

    assert found(search(browser, enquiry.contact_name)) == [enquiry]


def test_what_is_searched_follows_what_is_stored():
    enquiry = EnquiryFactory(organisation="As it was sent")
    enquiry.provider = ProviderFactory(name="Matched later")
    enquiry.save(update_fields=["provider"])

    assert "as it was sent" in Enquiry.objects.get().search_text
    assert "matched later" in Enquiry.objects.get().search_text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łódź Ñandú", "łodz nandu"),
        ("STRASSE straße", "strasse strasse"),
        ("O’Brien‘s", "o'brien's"),
        ("ﬁne  \r\n ＡＢＣ", "fine abc"),
        ("e\u0301\u202e", "e"),
        ("\ud800\x00", "\ufffd\ufffd"),
    ],
)
def test_folding_takes_away_what_people_write_differently(text, folded):
    assert fold(text) == folded
    assert fold(fold(text)) == folded
