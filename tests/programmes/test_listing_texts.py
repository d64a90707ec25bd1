"""Texts and links that partners write: what is not safe is not stored, and is inert where it got past (PA6)."""

import pytest
from django.test import Client

from programmes import services
from programmes.models import ListingChange, Programme
from tests.programmes.people import a_partner, browser, fields_of, path, save

pytestmark = pytest.mark.django_db

HOSTILE = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](\njavascript:alert(1)\n)",
    "[x][1]\n\n[1]:\n  javascript:alert(1)",
    "<javascript:alert(1)>",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](https://council.example@evil.example)",
    "<script>alert(1)</script>",
    "<img\nsrc=x\nonerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<!-- <script>alert(1)</script> -->",
    "words <a href='https://example.org' onclick='x'>x</a>",
    "<iframe src=https://evil.example></iframe>",
    "![x](https://example.org/x.png)",
]
FINE = [
    "Words with 5 < 6 & more.",
    "- a\n- b\n\n## Heading\n\n**bold** [page](https://example.org/a?b=c)",
    "[write](mailto:a@example.org) or [call](tel:+442079460958)",
]


@pytest.fixture
def ours():
    return a_partner()


@pytest.mark.parametrize("name", ["description", "who_for"])
@pytest.mark.parametrize("text", HOSTILE)
def test_markup_links_and_pictures_that_are_not_safe_are_not_stored(ours, name, text):
    """PA6: by scheme, by case, by entities, over several lines, as a reference, as raw HTML; it is said what to do."""
    answer = save(browser(ours[1]), ours[2], **{name: f"Before.\n\n{text}\n\nAfter."})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [name]
    assert not ListingChange.objects.exists()


@pytest.mark.parametrize("text", FINE)
def test_words_lists_and_safe_links_are_taken(ours, text):
    assert save(browser(ours[1]), ours[2], description=text).status_code == 302

    assert fields_of(ours[2]) == {"description": text}


@pytest.mark.parametrize("text", HOSTILE)
def test_what_got_past_the_form_is_inert_wherever_it_is_shown(ours, text):
    """PA6: on the partner's page, in the preview, and on the public page."""
    partner, editor, programme = ours
    services.propose(programme_id=programme.pk, partner_id=partner.pk, by=editor, values={"description": text})
    Programme.objects.filter(pk=programme.pk).update(who_for=text)
    client = browser(editor)

    for address in (
        path(programme),
        path(programme, "preview/"),
        path(programme, "edit/"),
        programme.get_absolute_url(),
    ):
        page = client.get(address).content.decode().lower()
        main = page.partition("<main")[2].partition("</main>")[0]
        for live in (
            'href="javascript',
            'href="vbscript',
            'href="data:',
            "<script>alert",
            "<img",
            "<svg/",
            "<iframe",
            "<a href='",
        ):
            assert live not in main, (address, live)
        assert 'href="https://council.example@evil' not in main


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JAVASCRIPT://example.org/%0aalert(1)",
        "ftp://example.org/",
        "//example.org/",
        "/programmes/",
        "https://user:word@example.org/",
        "https://example.org\\@evil.example/",
        "https://exa mple.org/",
        "mailto:a@example.org",
        "https://" + "x" * 300 + ".example",
    ],
)
def test_a_link_is_a_web_page_or_refused(ours, link):
    """PA6, FI24."""
    answer = save(browser(ours[1]), ours[2], link=link)

    assert "link" in answer.context["form"].errors
    assert not ListingChange.objects.exists()


def test_a_changed_link_always_waits_for_the_council(ours):
    """PA12."""
    save(browser(ours[1]), ours[2], link="https://example.org/more")

    assert fields_of(ours[2]) == {"link": "https://example.org/more"}
    assert b"example.org/more" not in Client().get(ours[2].get_absolute_url()).content


def test_telephone_and_link_are_on_the_public_page(ours):
    Programme.objects.filter(pk=ours[2].pk).update(telephone="+442079460958", link="https://example.org/more")

    page = Client().get(ours[2].get_absolute_url()).content.decode()

    assert 'href="tel:+442079460958">020 7946 0958</a>' in page
    assert 'href="https://example.org/more" rel="noopener noreferrer"' in page


@pytest.mark.parametrize(("typed", "kept"), [("£1,250", "1250.00"), ("12.5", "12.50"), ("0", "0.00")])
def test_an_amount_is_kept_in_one_form(ours, typed, kept):
    save(browser(ours[1]), ours[2], cost_pounds=typed)

    assert fields_of(ours[2]) == {"cost_pounds": kept}


@pytest.mark.parametrize("typed", ["-5", "1e3", "12.345", "12345678", "five", "١٢"])
def test_what_is_no_amount_is_refused(ours, typed):
    assert "cost_pounds" in save(browser(ours[1]), ours[2], cost_pounds=typed).context["form"].errors
