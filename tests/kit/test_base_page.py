"""The frame that every page shares."""

import re

import pytest
from django import forms
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import engines
from django.urls import reverse

from careportal.kit.fields import LineField
from careportal.kit.forms import GovukForm

pytestmark = pytest.mark.urls("tests.kit.urls")


class NameForm(GovukForm):
    name = LineField(label="Full name", missing="Enter your full name")


def show(source: str, request: HttpRequest | None = None, **context: object) -> str:
    return engines["django"].from_string(source).render(context, request)


def page(blocks: str = "", request: HttpRequest | None = None, **context: object) -> str:
    return show('{% extends "base.html" %}{% block title %}Apply{% endblock %}' + blocks, request, **context)


def title(html: str) -> str:
    return re.sub(r"\s+", " ", re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1])


def test_the_title_names_page_service_and_council(settings) -> None:
    assert title(page()) == f"Apply \u2013 {settings.COUNCIL.service_name} \u2013 {settings.COUNCIL.short_name}"


@pytest.mark.parametrize("name", ["form", "whatever_the_page_calls_it"])
def test_a_form_with_errors_shows_in_the_title_and_first_in_the_page(name: str) -> None:
    html = page("{% block content %}<h1>Apply</h1>{% endblock %}", **{name: NameForm({})})

    assert title(html).startswith("Error: Apply")
    assert html.index("There is a problem") < html.index("<h1>")
    assert '<a href="#id_name">Enter your full name</a>' in html


@pytest.mark.parametrize("form", [NameForm(), NameForm({"name": "Ann"})])
def test_a_form_without_errors_does_not(form: forms.Form) -> None:
    html = page(form=form)

    assert "Error:" not in title(html)
    assert "There is a problem" not in html


def test_errors_are_listed_once_even_when_the_page_asks_too() -> None:
    html = page("{% block content %}{% error_summary form %}{% endblock %}", form=NameForm({}))

    assert html.count("There is a problem") == 1


def test_errors_about_the_whole_form_are_listed_without_a_link() -> None:
    form = NameForm({"name": "Ann"})
    form.add_error(None, "This programme has closed")

    assert re.search(r"<li>\s*This programme has closed\s*</li>", page(form=form))


def test_every_page_says_whom_to_call_and_where_safety_concerns_go(settings) -> None:
    """(U04, U118)"""
    html, contact = page(), settings.COUNCIL.contact

    for words in (contact.telephone, contact.email, contact.other_formats, contact.safeguarding):
        assert words in html
    assert f'href="{contact.safeguarding_url}"' in html


def test_every_page_links_to_the_pages_the_law_asks_for() -> None:
    html = page()

    for name in ("accessibility", "privacy", "cookies", "contact"):
        assert f'href="{reverse(name)}"' in html


@pytest.mark.urls("careportal.urls")
def test_the_portal_has_every_page_that_the_frame_links_to() -> None:
    names = ["home", "programmes:list", "how-to-apply", "accessibility", "privacy", "cookies", "contact"]

    assert all(reverse(name) for name in [*names, "kit:theme", "kit:icon"])


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    """(HC1, HC9)"""
    html = page("{% block content %}{% inset %}x{% endinset %}{% endblock %}", form=NameForm({}))

    assert not re.search(r"<style|style=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", html)
    for source in re.findall(r'(?:<script|<img|<link)[^>]*(?:src|href)="([^"]*)"', html):
        assert source.startswith("/")
        assert not source.startswith("//")


@pytest.mark.parametrize(("path", "marked"), [("/programmes/", "page"), ("/programmes/x/", "true"), ("/", "")])
def test_the_navigation_marks_where_the_page_lies(rf, path: str, marked: str) -> None:
    html = page(request=rf.get(path))

    assert re.findall(r'aria-current="(\w+)"', html) == ([marked] if marked else [])


def test_what_was_just_done_is_said_above_the_page(rf) -> None:
    request = rf.get("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    messages.success(request, "Saved <b>")

    html = page(request=request, messages=request._messages)

    assert "govuk-notification-banner--success" in html
    assert "Saved &lt;b&gt;" in html


@pytest.mark.parametrize(("embedded", "words"), [(True, "No email leaves this computer"), (False, "new service")])
def test_the_banner_tells_a_trial_copy_from_the_real_thing(embedded: bool, words: str) -> None:
    assert words in page(EMBEDDED=embedded)


def test_pagination_keeps_the_rest_of_the_query(rf) -> None:
    """(FI22)"""
    source, pages = "{% pagination page %}", Paginator(range(100), 10)

    html = show(source, rf.get("/", {"theme": "a&b", "page": "<script>"}), page=pages.page(5))

    assert re.findall(r'href="\?([^"]*)"', html) == [
        f"theme=a%26b&amp;page={number}" for number in (4, 1, 4, 5, 6, 10, 6)
    ]
    assert html.count("<svg") == 2
    assert show(source, rf.get("/"), page=Paginator([1], 10).page(1)) == ""


def test_tags_escape_what_they_are_given() -> None:
    """(FI2)"""
    hostile = '"><script>'
    sources = [
        "{% tag x x %}{% button x href=x %}{% back_link x x %}{% breadcrumbs x x x %}{% telephone x %}{% email x %}",
        "{% details x %}{% enddetails %}{% panel x %}{% endpanel %}{% notification x %}{% endnotification %}",
        "{% scroll x %}{% endscroll %}{% filters title=x %}{% endfilters %}{% summary_list rows x %}{{ x|markdown }}",
    ]

    html = "".join(show(source, x=hostile, rows=[(hostile, hostile), (hostile, [hostile])]) for source in sources)

    assert "<script>" not in html
    assert html.count("&lt;script&gt;") >= 20


def test_a_summary_says_so_where_nothing_was_given_and_keeps_lines() -> None:
    html = show("{% summary_list rows %}", rows=[("Phone", ""), ("Need", "one\n<two>"), ("Care", ["a", "b"])])

    assert "Not provided" in html
    assert "one<br>&lt;two&gt;" in html
    assert "a<br>b" in html
