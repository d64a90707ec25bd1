"""GOV.UK components as template tags; known in every template without loading.

Text given to a tag is escaped. A block tag takes markup: {% inset %} … {% endinset %}.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import phonenumbers
from django import template
from django.conf import settings
from django.core.paginator import Page, Paginator
from django.forms import BaseForm, BaseFormSet
from django.template import Context
from django.template.defaultfilters import date as formatted
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from careportal.kit import components, theme
from careportal.kit import markdown as md
from careportal.kit.components import words
from careportal.kit.devices import device_in_words
from careportal.kit.forms import errors_of

register = template.Library()
SUMMARY_SHOWN = "_error_summary_shown"


# --- The page ------------------------------------------------------------------------------------------------------


def _wrong_forms(context: Context) -> list[BaseForm | BaseFormSet]:
    """Every form on the page that was filled in wrongly, whatever the page calls it."""
    found: dict[int, BaseForm | BaseFormSet] = {}
    values: Iterable[Any] = context.flatten().values()
    for value in values:
        # By type, not isinstance: asking a lazy value (the CSRF token, the user) would make it, and set a cookie.
        if issubclass(type(value), BaseForm | BaseFormSet) and value.is_bound and not value.is_valid():
            found[id(value)] = value
    return list(found.values())


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """ "Error: " at the start of the title when a form on the page was filled in wrongly."""
    return "Error: " if _wrong_forms(context) else ""


@register.simple_tag(takes_context=True)
def error_summary(context: Context, *forms: BaseForm | BaseFormSet) -> SafeString:
    """All errors of the page, each linked to its first control. base.html shows it; a second call shows nothing."""
    errors = [error for form in forms or _wrong_forms(context) for error in errors_of(form)]
    if not errors or context.get(SUMMARY_SHOWN):
        return SafeString("")
    context.dicts[0][SUMMARY_SHOWN] = True
    items = [{**words(message), **({"href": f"#{control}"} if control else {})} for control, message in errors]
    return components.render("error-summary", {"titleText": "There is a problem", "errorList": items})


def _address(url_name: str) -> str:
    """The address of that name; "" when this installation has none, so that an error page never fails on a link."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


@register.simple_tag
def footer_link(text: str, url_name: str) -> SafeString:
    href = _address(url_name)
    return format_html(FOOTER_LINK, href, text) if href else SafeString("")


@register.simple_tag(takes_context=True)
def nav_item(context: Context, text: str, url_name: str) -> SafeString:
    """One item of the service navigation; marked when the page lies below it."""
    href = _address(url_name)
    if not href:
        return SafeString("")
    path = getattr(context.get("request"), "path", "")
    if not path.startswith(href):
        return format_html(NAV_ITEM, "", href, "", text)
    active = format_html('<strong class="govuk-service-navigation__active-fallback">{}</strong>', text)
    current = SafeString(' aria-current="page"' if path == href else ' aria-current="true"')
    return format_html(NAV_ITEM, " govuk-service-navigation__item--active", href, current, active)


FOOTER_LINK = '<li class="govuk-footer__inline-list-item"><a class="govuk-footer__link" href="{}">{}</a></li>'
NAV_ITEM = (
    '<li class="govuk-service-navigation__item{}"><a class="govuk-service-navigation__link" href="{}"{}>{}</a></li>'
)


@register.simple_tag
def council_pack() -> Any:
    """The council, for pages that are shown without a request: error pages."""
    return settings.COUNCIL


@register.simple_tag
def theme_url(name: str = "theme") -> str:
    """The address of the council's style sheet ("theme") or icon ("icon"), with its version."""
    return f"{_address(f'kit:{name}')}?v={theme.version()}"


@register.simple_tag
def back_link(href: str, text: str = "Back") -> SafeString:
    return components.render("back-link", {**words(text), "href": href})


@register.simple_tag
def breadcrumbs(*parts: str) -> SafeString:
    """{% breadcrumbs "Home" home_url "Programmes" list_url %}: pairs of text and address; a last text stands alone."""
    pairs = [parts[start : start + 2] for start in range(0, len(parts), 2)]
    items = [{**words(pair[0]), **({"href": pair[1]} if len(pair) > 1 else {})} for pair in pairs]
    return components.render("breadcrumbs", {"items": items, "collapseOnMobile": True})


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page, parameter: str = "page", label: str = "Results") -> SafeString:
    """Links to the pages around this one; the rest of the query stays. Nothing when there is one page."""
    if not page.has_other_pages():
        return SafeString("")
    query = context["request"].GET.copy() if context.get("request") else None

    def href(number: int | str) -> str:
        if query is None:
            return f"?{parameter}={number}"
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    items: list[dict[str, Any]] = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        gap = number == Paginator.ELLIPSIS
        items.append(
            {"ellipsis": True} if gap else {"number": number, "href": href(number), "current": number == page.number}
        )
    around: dict[str, Any] = {}
    if page.has_previous():
        around["previous"] = {"href": href(page.previous_page_number())}
    if page.has_next():
        around["next"] = {"href": href(page.next_page_number())}
    return components.render("pagination", {"items": items, "landmarkLabel": label, **around})


# --- Things on the page --------------------------------------------------------------------------------------------


@register.simple_tag
def tag(text: object, colour: str = "") -> SafeString:
    """A status. Colours: grey, green, teal, blue (the default), purple, magenta, red, orange, yellow."""
    return components.tag(str(text), colour)


@register.simple_tag
def button(text: str, href: str = "", kind: str = "", name: str = "", value: str = "") -> SafeString:
    """A button, or a link that looks like one. Kinds: secondary, warning, inverse."""
    return components.button(text, href, kind, name, value)


@register.simple_tag
def start_button(text: str, href: str) -> SafeString:
    return components.button(text, href, start=True)


@register.simple_tag
def summary_list(rows: Iterable[Any], title: str = "") -> SafeString:
    """Rows are `SummaryRow`s or (key, value) pairs."""
    return components.summary_list(rows, title)


@register.simple_tag
def question(field: Any, **options: Any) -> SafeString:
    """One field of a form that has no layout, with the options of `Question`: {% question form.email width="20" %}."""
    return field.as_govuk(**options)


@register.simple_tag
def telephone(number: str) -> SafeString:
    """A number to tap, with spaces to read it by. It never breaks over two lines. What is no number is plain text."""
    digits = "".join(part for part in number if part.isdigit() or part == "+")
    if not digits:
        return format_html("{}", number)
    return format_html('<a class="govuk-link portal-whole" href="tel:{}">{}</a>', digits, spaced(number))


@register.filter
def device(user_agent: str) -> str:
    """The browser and the device of a sign-in: Chrome on an Android device."""
    return device_in_words(user_agent)


@register.filter
def spaced(number: str) -> str:
    """A telephone number as it is kept, +442079460958, in the way people here write it: 020 7946 0958."""
    try:
        parsed = phonenumbers.parse(number, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return number
    here = phonenumbers.country_code_for_region(settings.PHONENUMBER_DEFAULT_REGION) == parsed.country_code
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if here else form.INTERNATIONAL)


@register.simple_tag
def email(address: str) -> SafeString:
    return format_html('<a class="govuk-link" href="mailto:{0}">{0}</a>', address)


@register.simple_tag
def date(day: dt.date | None, absent: str = "") -> SafeString | str:
    """22 November 2026. For a moment, its day here."""
    if day is None:
        return absent
    local = localtime(day) if isinstance(day, dt.datetime) and day.tzinfo else day
    return format_html('<time datetime="{}">{}</time>', f"{local:%Y-%m-%d}", formatted(local, "j F Y"))


@register.simple_tag
def moment(at: dt.datetime | None, absent: str = "") -> SafeString | str:
    """22 November 2026 at 3:05pm, here."""
    if at is None:
        return absent
    local = localtime(at)
    clock = formatted(local, "g:ia").replace(".", "")
    return format_html('<time datetime="{}">{} at {}</time>', local.isoformat(), formatted(local, "j F Y"), clock)


@register.filter
def markdown(text: str) -> SafeString:
    return md.render(text or "")


# --- Around markup -------------------------------------------------------------------------------------------------


@register.simple_block_tag
def inset(content: str) -> SafeString:
    return components.render("inset-text", {"html": content})


@register.simple_block_tag
def warning(content: str) -> SafeString:
    return components.render("warning-text", {"html": content, "iconFallbackText": "Warning"})


@register.simple_block_tag
def details(content: str, summary: str) -> SafeString:
    return components.render("details", {"summaryText": summary, "html": content})


@register.simple_block_tag
def panel(content: str, title: str) -> SafeString:
    return components.render("panel", {"titleText": title, "html": content})


@register.simple_block_tag
def notification(content: str, title: str = "Important", kind: str = "") -> SafeString:
    """A banner above the page's heading. Kind: success, for what was just done."""
    title = "Success" if kind == "success" and title == "Important" else title
    params = {"titleText": title, "html": content, "type": kind}
    return components.render("notification-banner", params)


@register.simple_block_tag
def filters(content: str, chosen: int = 0, title: str = "Filters") -> SafeString:
    """Filters of a list: folded away on a phone, beside the results where there is room (see _results.scss)."""
    note = f" ({chosen} chosen)" if chosen else ""
    return format_html(
        '<details class="portal-filters"><summary>{}{}</summary><div class="portal-filters__body">{}</div></details>',
        title,
        note,
        content,
    )


@register.simple_block_tag
def scroll(content: str, label: str) -> SafeString:
    """A table that may be wider than the page: it scrolls by itself, by keyboard too. The label says what it holds."""
    markup = '<div class="portal-scroll" role="region" aria-label="{}" tabindex="0">{}</div>'
    return format_html(markup, label, content)
