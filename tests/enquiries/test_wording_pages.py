"""The council's own words in the acknowledgement, as officers edit them."""

import pytest
from django.test import Client

from enquiries import letters, queries
from enquiries.models import Wording
from tests.factories import MailFactory, UserFactory

pytestmark = pytest.mark.django_db

LETTERS = "/admin/enquiries/wording/"
BUILT_IN = "An officer reads your application"
OURS = "We call you within two days from ((telephone)). Quote ((reference))."


@pytest.fixture
def lead(browser_of):
    return browser_of(UserFactory(lead=True))


@pytest.fixture
def wording():
    return Wording.objects.create(part="what_next", text=OURS)


def change(browser, wording, text):
    return browser.post(f"{LETTERS}{wording.pk}/change/", {"text": text}, follow=True)


def preview(answer):
    return answer.content.decode().split('aria-label="The letter">')[1].split("</pre>")[0]


def test_a_lead_officer_adds_words_and_sees_the_letter_with_them(lead):
    assert BUILT_IN in preview(lead.get(f"{LETTERS}add/"))

    answer = lead.post(f"{LETTERS}add/", {"part": "what_next", "text": OURS}, follow=True)

    assert "We call you within two days from 020 8215 3000. Quote ABC-123-DEF." in preview(answer)
    assert BUILT_IN not in preview(answer)
    assert "Hello" in preview(answer)


def test_the_preview_is_the_letter_that_people_get(lead, wording):
    mail = MailFactory(acknowledgement=True)

    sent = letters._text(mail)

    shown = preview(lead.get(f"{LETTERS}{wording.pk}/change/")).replace("&#x27;", "'")
    lines = {"You applied for:", "What happens next", "You did not apply?"}
    assert all(line in shown and line in sent for line in lines)
    assert OURS.split(" from")[0] in sent
    assert [line for line in sent.splitlines() if line.startswith("To change")] == [
        line for line in shown.splitlines() if line.startswith("To change")
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Within ((days)) days.", "“days” cannot be filled in. Use only ((reference))"),
        ("Call ((telephone", "“((” cannot be filled in."),
        ("   ", "This field is required."),
    ],
)
def test_words_that_cannot_be_filled_in_are_refused_on_saving(lead, wording, text, sentence):
    """MO19."""
    answer = change(lead, wording, text)

    assert sentence in answer.content.decode()
    wording.refresh_from_db()
    assert wording.text == OURS


def test_what_slips_through_is_not_used_and_somebody_is_told(lead, wording):
    """MO19."""
    Wording.objects.update(text="Within ((days)) days.")

    answer = lead.get(f"{LETTERS}{wording.pk}/change/")

    assert BUILT_IN in preview(answer)
    assert "What is saved cannot be used" in answer.content.decode()
    assert queries.mail_facts()["wordings_broken"] == 1
    assert "A wording cannot be filled in." in lead.get("/status/").content.decode()
    assert BUILT_IN in letters._text(MailFactory(acknowledgement=True))


def test_markup_in_the_words_is_shown_and_never_obeyed(lead, officer, browser_of, wording):
    """The letter itself is plain text, so what a lead officer wrote may be anything."""
    change(lead, wording, "<script>alert(1)</script> Quote ((reference)).")

    for browser in (lead, browser_of(officer)):
        page = browser.get(f"{LETTERS}{wording.pk}/change/")
        assert "&lt;script&gt;alert(1)&lt;/script&gt; Quote ABC-123-DEF." in preview(page)
        assert "<script>alert" not in page.content.decode()


def test_words_that_were_blanked_by_hand_give_way_to_the_built_in_ones(wording):
    """MO19."""
    Wording.objects.update(text=" \n ")

    assert BUILT_IN in letters._text(MailFactory(acknowledgement=True))
    assert queries.mail_facts()["wordings_broken"] == 1


def test_earlier_words_stay_in_the_history(lead, wording):
    change(lead, wording, "Other words.")

    history = lead.get(f"{LETTERS}{wording.pk}/history/").content.decode()

    assert OURS in history
    assert "Other words." in history
    assert " style=" not in history


def test_there_is_one_wording_of_each_part(lead, wording):
    assert lead.get(f"{LETTERS}add/").status_code == 403


def test_officers_and_viewers_look_and_change_nothing(officer, viewer, browser_of, wording):
    """AD7."""
    for browser in (browser_of(officer), browser_of(viewer)):
        assert "We call you" in preview(browser.get(f"{LETTERS}{wording.pk}/change/"))
        assert change(browser, wording, "Mine.").status_code == 403
        assert browser.post(f"{LETTERS}{wording.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Wording.objects.get().text == OURS


def test_strangers_and_people_who_are_no_staff_get_nowhere(browser_of, wording):
    """AZ1."""
    for path in (LETTERS, f"{LETTERS}{wording.pk}/change/", f"{LETTERS}{wording.pk}/history/"):
        assert Client().get(path).url.startswith("/account/")
        assert browser_of(UserFactory()).get(path).status_code == 403
