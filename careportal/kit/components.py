"""GOV.UK components as functions: the macros of govuk-frontend-jinja, through one environment that is made once.

What is given as `str` is text and comes out escaped. Only a SafeString is taken as HTML.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, PackageLoader, PrefixLoader

Params = Mapping[str, Any]

PACKAGE = "govuk_frontend_jinja"
_environment = Environment(loader=PrefixLoader({PACKAGE: PackageLoader(PACKAGE)}), autoescape=True, auto_reload=False)


@lru_cache
def _macro(component: str) -> Callable[[Params], str]:
    name = "govuk" + "".join(part.capitalize() for part in component.split("-"))
    template = _environment.get_template(f"{PACKAGE}/components/{component}/macro.html")
    return getattr(template.module, name)


def render(component: str, params: Params) -> SafeString:
    """One component, named as in the GOV.UK Design System: `render("inset-text", {"text": "…"})`."""
    return mark_safe(_macro(component)(params).strip())  # noqa: S308  the macros escape, see the module's promise


def words(value: object, /, **more: Any) -> dict[str, Any]:
    """A component's text or html, whichever it may be."""
    if isinstance(value, Promise):
        value = str(value)
    return {"html" if hasattr(value, "__html__") else "text": value, **more}


def lines(value: object) -> SafeString:
    """Text with its line breaks kept. Written as entities, so that no indenting of markup can change them.

    Browsers send a break as two characters. As an entity and a character of its own, they would read it as two breaks.
    """
    return mark_safe(str(conditional_escape(str(value))).replace("\r\n", "\n").replace("\n", "&#10;"))  # noqa: S308  escaped just before


@lru_cache(maxsize=512)
def tag(text: str, colour: str = "") -> SafeString:
    """A status. Colours: grey, green, teal, blue (the default), purple, magenta, red, orange, yellow."""
    return render("tag", {**words(text), "classes": f"govuk-tag--{colour}" if colour else ""})


@dataclass(frozen=True)
class SummaryRow:
    """One line of a summary list: what was asked, what was answered, and where to change it."""

    key: str
    value: object
    href: str = ""
    action: str = "Change"
    about: str = ""  # what the link is about, for those who hear it alone; the key in small letters otherwise

    def params(self) -> dict[str, Any]:
        link = {"href": self.href, "text": self.action, "visuallyHiddenText": self.about or lower_first(self.key)}
        return {
            "key": words(self.key),
            "value": _answer(self.value),
            "actions": {"items": [link]} if self.href else {},
        }


def _answer(value: object) -> dict[str, Any]:
    """The value of a row; lists one below the other, line breaks kept, and plain words where nothing was given."""
    if isinstance(value, list | tuple):
        value = mark_safe("<br>".join(conditional_escape(part) for part in value))  # noqa: S308  each part is escaped
    if value is None or str(value).strip() == "":
        return {"text": "Not provided", "classes": "govuk-summary-list__value--absent"}
    if isinstance(value, str) and not hasattr(value, "__html__") and "\n" in value:
        value = mark_safe(conditional_escape(value).replace("\n", "<br>"))  # noqa: S308  escaped
    return words(value if isinstance(value, str) else str(value))


def summary_list(rows: Iterable[SummaryRow | tuple[str, object]], title: str = "") -> SafeString:
    """Rows, or (key, value) pairs, as a summary list; with a title, as a card of that name."""
    listed = [row if isinstance(row, SummaryRow) else SummaryRow(*row) for row in rows]
    card = {"card": {"title": words(title)}} if title else {}
    return render("summary-list", {"rows": [row.params() for row in listed], **card})


def button(
    text: str, href: str = "", kind: str = "", name: str = "", value: str = "", start: bool = False
) -> SafeString:
    """A button, or with `href` a link that looks like one. Kinds: secondary, warning, inverse."""
    params: dict[str, Any] = {"href": href, "name": name, "value": value, "isStartButton": start}
    return render("button", {**words(text), **params, "classes": f"govuk-button--{kind}" if kind else ""})


def lower_first(text: str) -> str:
    """The text for the middle of a sentence: "Full name" → "full name", but "CQC location" stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
