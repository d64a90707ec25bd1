"""Markdown from packs and partners: words, lists, tables and safe links."""

import time

import pytest

from careportal.kit.markdown import render


def test_headings_start_at_h2_and_everything_has_its_class() -> None:
    html = render("# One\n\n## Two\n\ntext\n\n- a\n\n1. b\n\n> c\n\n---\n")

    assert '<h2 class="govuk-heading-m">One</h2>' in html
    assert '<h3 class="govuk-heading-s">Two</h3>' in html
    for name in ("govuk-body", "govuk-list--bullet", "govuk-list--number", "govuk-inset-text", "govuk-section-break"):
        assert name in html


def test_a_table_has_scopes_and_no_inline_style() -> None:
    """(HC1)"""
    html = render("| Day | Places |\n|---|--:|\n| Monday | 12 |\n")

    assert "style=" not in html
    assert '<th class="govuk-table__header--numeric govuk-table__header" scope="col">Places</th>' in html
    assert '<td class="govuk-table__cell">Monday</td>' in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "![x](https://example.org/x.png)",
        "<div style='x'>",
    ],
)
def test_raw_html_and_pictures_are_shown_as_typed_not_obeyed(text: str) -> None:
    """(FI2)"""
    html = render(text)

    assert "<script" not in html
    assert "<img" not in html
    assert "<div" not in html


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#10;script:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:/\\evil.example",
        "https://user:word@evil.example",
        "https://council.example@evil.example",
        "https:evil.example",
        "mailto:a@example.org?bcc=b@example.org",
        "mailto:a@example.org,b@example.org",
        "relative/page",
    ],
)
def test_other_links_stay_words(url: str) -> None:
    """(FI2, FI19, FI24)"""
    assert "<a " not in render(f"[x]({url})")
    assert "<a " not in render(f"<{url}>")


@pytest.mark.parametrize("url", ["https://example.org/a?b=c", "http://example.org"])
def test_links_to_other_places_give_nothing_away(url: str) -> None:
    """(FI24)"""
    assert (
        render(f"[x]({url})")
        == f'<p class="govuk-body"><a href="{url}" class="govuk-link" rel="noopener noreferrer">x</a></p>\n'
    )


@pytest.mark.parametrize(
    "url", ["/programmes/", "#dates", "mailto:a@example.org", "tel:+442082153000", "tel:02082153000"]
)
def test_links_within_the_portal_and_to_people_are_plain(url: str) -> None:
    assert render(f"[x]({url})") == f'<p class="govuk-body"><a href="{url}" class="govuk-link">x</a></p>\n'


@pytest.mark.parametrize("part", ["[", "*a", "`", "> ", "![", "<a ", "- \n", "[a](", "_a*", "|-", "&#x41;", "\n\n1. a"])
def test_the_time_for_hostile_text_grows_as_its_length_does(part: str) -> None:
    """(FI14) Four times the text takes about four times as long; what grew as its square would take sixteen times."""
    assert seconds_for(part, 20_000) < 8 * seconds_for(part, 5_000) + 0.05


def seconds_for(part: str, length: int) -> float:
    """The least of three, so that other work on the machine does not count."""
    return min(_seconds(part * (length // len(part))) for _ in range(3))


def _seconds(text: str) -> float:
    started = time.process_time()
    render(text)
    return time.process_time() - started
