"""Our components against GOV.UK Frontend's own fixtures, so that an upgrade of either shows its drift at once."""

import json
import os
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.utils.safestring import SafeString

from careportal.kit import components
from careportal.kit.fields import DateField

FIXTURES: Path = settings.BASE_DIR / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "components"
USED = (
    *("back-link", "breadcrumbs", "button", "character-count", "checkboxes", "date-input", "details", "error-message"),
    *(
        "error-summary",
        "fieldset",
        "hint",
        "input",
        "inset-text",
        "label",
        "notification-banner",
        "pagination",
        "panel",
    ),
    *("password-input", "radios", "select", "summary-list", "tag", "textarea", "warning-text"),
)

# Options that came after govuk-frontend-jinja 4.1.0 or that it leaves to us (seen on 22 November 2026). We use none of
# them: a date's boxes get their classes from `bound._date`, which the last test here compares.
UNUSED = {
    "button": {("isStartButton", "html")},
    "character-count": {("countType",), ("maxwords",)},
    "date-input": {("values",), ("day",), ("month",), ("year",), ("items",), ("errorMessage",)},
}


class Shape(HTMLParser):
    """HTML as a list of tags with sorted attributes and of words, whatever its spaces."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[object] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        self.parts.append((tag, sorted((name, " ".join((value or "").split())) for name, value in attrs)))

    def handle_endtag(self, tag) -> None:
        self.parts.append(f"/{tag}")

    def handle_data(self, data) -> None:
        self.parts.extend(data.split())


def html_as_html(options: object) -> object:
    """Fixtures say which texts are HTML by the option's name; we say it by the type."""
    if isinstance(options, dict):
        return {
            key: SafeString(value) if isinstance(value, str) and key.lower().endswith("html") else html_as_html(value)
            for key, value in options.items()
            if value is not None
        }
    return [html_as_html(item) for item in options] if isinstance(options, list) else options


def fixtures(component: str) -> list[dict]:
    path = FIXTURES / component / "fixtures.json"
    if not path.exists():
        missing = "node_modules is not there: run manage.py build_assets to compare with govuk-frontend"
        pytest.fail(missing) if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip(missing)
    return json.loads(path.read_text())["fixtures"]


def unused(component: str, options: dict) -> bool:
    if component == "panel":
        return "interruption" in options.get("classes", "")
    return any(set(names) <= set(options) for names in UNUSED.get(component, ()))


@pytest.mark.parametrize("component", USED)
def test_a_component_is_what_govuk_frontend_makes_of_the_same_options(component: str) -> None:
    compared = [fixture for fixture in fixtures(component) if not unused(component, fixture["options"])]

    differing = [
        fixture["name"]
        for fixture in compared
        if Shape(components.render(component, html_as_html(fixture["options"]))).parts != Shape(fixture["html"]).parts
    ]

    assert len(compared) > 2
    assert differing == []


def test_the_boxes_of_a_wrong_date_are_marked_as_govuk_frontend_marks_them() -> None:
    class Born(forms.Form):
        born = DateField(label="Born")

    expected = next(one for one in fixtures("date-input") if one["name"] == "with error on day input (using items)")
    form = Born({"born-day": "31", "born-month": "2", "born-year": "2027"})

    assert classes_of_inputs(form["born"].govuk) == classes_of_inputs(expected["html"])


def classes_of_inputs(html: str) -> list[set[str]]:
    tags = [part for part in Shape(html).parts if isinstance(part, tuple) and part[0] == "input"]
    return [set(dict(attributes)["class"].split()) for _, attributes in tags]
