"""What differs between two texts, and what is to be looked at twice."""

import time

import pytest

from careportal.kit import markdown
from programmes import cautions, differences
from programmes.differences import ADDED, REMOVED, SAME, Piece

KNOWN = cautions.OF_THE_FIELD | {"Care", "City", "Timewise"}


def test_words_are_compared_and_what_is_the_same_stays_together():
    assert differences.between("Call us on Monday morning.", "Call us on Friday morning.") == [
        Piece(SAME, "Call us on"),
        Piece(REMOVED, "Monday"),
        Piece(ADDED, "Friday"),
        Piece(SAME, "morning."),
    ]


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [("", "All new.", [ADDED]), ("All gone.", "", [REMOVED]), ("", "", []), ("Same.", "Same.", [SAME])],
)
def test_nothing_is_nothing(before, after, kinds):
    assert [piece.kind for piece in differences.between(before, after)] == kinds


def test_lines_stay_lines():
    (same, added) = differences.between("One\nTwo", "One\nTwo\nThree")

    assert (same.text, added.text.strip()) == ("One\nTwo", "Three")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 10_000, "a b " * 5_000),
        (" ".join(str(n % 97) for n in range(5000)), " ".join(str(n % 89) for n in range(5000))),
        ("a b " * 400, "b a c " * 400),
        ("x\n" * 10_000, "y\nx\n" * 5_000),
        (" ".join(str(n) for n in range(900)), " ".join(str(n) for n in reversed(range(900)))),
    ],
)
def test_hostile_texts_are_compared_in_no_time(before, after):
    """FI14."""
    begun = time.monotonic()

    differences.between(before, after)

    assert time.monotonic() - begun < 2


def test_markdown_is_read_as_words():
    text = (
        "# Head\n\n* one\n* **two**\n\n1. first\n\n"
        "[words](https://example.org) <https://example.org/b> `code`\n\n<b>raw</b>"
    )

    assert markdown.words(text) == (
        "Head\n\n• one\n• two\n1. first\nwords (https://example.org) https://example.org/b code\n\n<b>raw</b>"
    )


def test_a_link_that_would_not_be_one_is_shown_as_it_was_typed():
    """PA6."""
    text = "[click](javascript:alert(1)) ![pic](https://example.org/x.png)"

    assert "[click](javascript:alert(1))" in markdown.words(text)
    assert [link.href for link in markdown.links(text)] == ["https://example.org/x.png"]


def about(text, before="", name="description"):
    return " ".join(cautions.about(name, before, text, KNOWN))


@pytest.mark.parametrize(
    "text",
    [
        "zelda@example.org",
        "zelda.quetzal@partner.org.uk",
        "info.quetzal@gmail.com",
        "ｚｅｌｄａ@example.org",
        "<zelda@example.org>",
        "[write](mailto:zelda@example.org)",
    ],
)
def test_an_address_that_may_be_somebodys_own_is_found(text):
    """PA16."""
    assert "own email address" in about(text)


@pytest.mark.parametrize("text", ["info@carecity.org", "training.team@partner.org.uk", "@ nobody", "a@b"])
def test_an_address_of_nobody_is_not(text):
    assert "email address" not in about(text)


@pytest.mark.parametrize(
    "text",
    ["07700900123", "07700 900 123", "+44 7700 900123", "+44 (0)7700 900123", "(07700) 900-123", "0044 7700 900123"],
)
def test_a_mobile_number_is_found_however_it_is_typed(text):
    """PA16."""
    assert "mobile number" in about(f"Call {text}, or write")


@pytest.mark.parametrize("text", ["020 8215 3000", "0800 123 4567", "2027 2028 2029", "107700900123456"])
def test_another_number_is_not(text):
    assert "mobile number" not in about(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ask for Zelda.",
        "contact Zelda Quetzal",
        "Dr Quetzal teaches it",
        "It is run by Zelda",
        "with Zelda Quetzal there",
    ],
)
def test_a_likely_name_is_found(text):
    """PA16."""
    assert "somebody’s name" in about(text)


@pytest.mark.parametrize(
    "text", ["Care City runs it.", "Contact Timewise", "A Level 3 Diploma", "Every Monday Morning", "Skills for Care"]
)
def test_names_of_organisations_are_not(text):
    assert "somebody’s name" not in about(text.replace("Monday Morning", "Monday morning"))


def test_a_link_to_another_domain_is_said_with_both():
    """PA12."""
    said = about("https://new.example.com/a", "https://old.example.org/a", "link")

    assert (
        said == "This link leads to another domain than before: it was old.example.org, and would be new.example.com."
    )


def test_a_link_within_its_domain_needs_no_word():
    assert about("https://old.example.org/b", "https://old.example.org/a", "link") == ""


def test_a_new_link_in_a_text_and_words_that_name_another_domain_are_said():
    """PA12."""
    said = about("[www.nhs.uk](https://evil.example.com/login)", "[here](https://good.example.org)")

    assert "leads to another domain than before: evil.example.com." in said
    assert "“www.nhs.uk”, but it leads to evil.example.com." in said


def test_words_that_name_the_domain_they_lead_to_are_fine():
    assert about("[nhs.uk](https://www.nhs.uk/care)", "[a](https://www.nhs.uk)") == ""


@pytest.mark.parametrize(
    "text", ["A" * 20_000, "A a " * 5_000, "0" * 20_000, "a@" * 10_000, "Dr " * 6_000, "+44 " * 5_000]
)
def test_hostile_texts_are_looked_at_in_no_time(text):
    """FI14."""
    begun = time.monotonic()

    about(text)

    assert time.monotonic() - begun < 2


def test_a_name_is_said_once():
    (said,) = cautions.about("description", "", "Contact Zelda Quetzal.", KNOWN)

    assert said == "“Zelda Quetzal” may be somebody’s name."
