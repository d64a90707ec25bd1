"""The council's colours come from its pack, while the portal runs."""

import pytest

from careportal.kit import theme

pytestmark = pytest.mark.urls("tests.kit.urls")


def test_another_councils_pack_changes_the_look_with_nothing_to_build(client, settings) -> None:
    before = theme.version()
    colours = settings.COUNCIL.colours.model_copy(update={"brand": "#123456", "button": "#654321"})
    settings.COUNCIL = settings.COUNCIL.model_copy(update={"colours": colours})

    sheet = client.get("/theme.css").content.decode()

    assert "--govuk-brand-colour: #123456;" in sheet
    assert "--portal-button-colour: #654321;" in sheet
    assert "#123456" in client.get("/icon.svg").content.decode()
    assert theme.version() != before


def test_the_sheet_is_kept_for_ever_only_by_its_version(client) -> None:
    """(HC7, HC15)"""
    by_version, by_guess = client.get(f"/theme.css?v={theme.version()}"), client.get("/theme.css?v=old")

    assert by_version["Cache-Control"] == "public, max-age=31536000, immutable"
    assert by_guess["Cache-Control"] == "public, max-age=300"
    assert by_version["Content-Type"] == "text/css; charset=utf-8"
    assert "Cookie" not in by_version.get("Vary", "")
    assert not by_version.cookies


def test_white_text_can_be_read_on_the_councils_colours(settings) -> None:
    """WCAG 1.4.3: 4.5 to 1."""
    colours = settings.COUNCIL.colours

    for name in ("brand", "button", "button_hover", "link", "link_hover"):
        assert contrast(getattr(colours, name), "#ffffff") >= 4.5, name
    assert contrast(colours.link, colours.surface) >= 4.5


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
