"""Forms as pages show them."""

import re

import pytest
from crispy_forms.layout import Layout
from crispy_forms.utils import render_crispy_form
from django import forms
from django.forms import formset_factory

from careportal.kit.fields import (
    ChoiceField,
    DateField,
    LineField,
    MultipleChoiceField,
    TextField,
    TickField,
    YesNoField,
)
from careportal.kit.forms import GovukForm, errors_of
from careportal.kit.layout import Button, Continue, Details, Fieldset, Link, Question

HOSTILE = "<script>alert('1')</script>"


class CareForm(GovukForm):
    name = LineField(label="Full name", missing="Enter your full name")
    care = ChoiceField(label="Care", choices=[("home", "Care home"), ("other", "Other")], missing="Select the care")
    other = TextField(label="What do you provide?", missing="Enter what you provide")
    topics = MultipleChoiceField(label="Topics", choices=[("a", "A"), ("b", "B")], missing="Select the topics")
    start = DateField(label="Start date", missing="Enter a start date")
    agree = TickField(label="I agree", missing="Confirm that you agree")
    note = LineField(label="Note", required=False)
    revealed = {"other": ("care", "other")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Question("name", heading=True, caption="About you", autocomplete="name", width="two-thirds"),
            Question("care", reveals={"other": Question("other")}),
            Fieldset("More", Question("topics"), Question("start")),
            Question("agree"),
            Question("note"),
            Continue("Save", Button("Leave", name="leave", value="1"), Link("Cancel", "/")),
        )


def shown(form: forms.Form, **context: object) -> str:
    return render_crispy_form(form, context={"csrf_token": "token", **context})


def test_the_form_posts_to_its_own_address_with_a_token_and_without_the_browsers_checks() -> None:
    """(FI1)"""
    html = shown(CareForm())

    assert re.search(r'<form\s+method="post"\s+novalidate>', html)
    assert 'name="csrfmiddlewaretoken"' in html
    assert " required" not in html
    assert "maxlength=" not in html.replace("data-maxlength", "")


def test_a_form_that_only_asks_carries_no_token() -> None:
    """(FI11)"""
    form = CareForm()
    form.helper.form_method = "get"

    assert "csrfmiddlewaretoken" not in shown(form)


def test_every_question_is_asked_once_and_in_order() -> None:
    html = shown(CareForm())

    assert re.findall(r'name="([a-z-]+)"', html)[1:] == [
        *("name", "care", "care", "other", "topics", "topics"),
        *("start-day", "start-month", "start-year", "agree", "note", "leave"),
    ]


def test_a_heading_question_is_the_pages_heading_with_its_caption_inside() -> None:
    html = shown(CareForm())

    assert re.search(r'<h1 class="govuk-label-wrapper">\s*<label class="govuk-label govuk-label--l"', html)
    assert re.search(r'<label[^>]*>\s*<span class="govuk-caption-l">About you</span> Full name', html)


def test_all_errors_show_at_once_each_linked_to_its_first_control() -> None:
    """(FI11)"""
    form = CareForm({"care": "other"})
    html = shown(form)

    assert list(errors_of(form)) == [
        ("id_name", "Enter your full name"),
        ("id_other", "Enter what you provide"),
        ("id_topics", "Select the topics"),
        ("id_start-day", "Enter a start date"),
        ("id_agree", "Confirm that you agree"),
    ]
    for control, message in errors_of(form):
        assert re.search(rf'<(input|textarea)[^>]*id="{control}"', html)
        assert message in html


def test_everything_typed_is_kept_and_comes_out_escaped() -> None:
    """(FI2, FI11)"""
    typed = {"name": HOSTILE * 99, "care": "other", "other": f"{HOSTILE}\r\n  two", "topics": ["b"], "note": HOSTILE}
    html = shown(CareForm(typed))

    assert "<script>" not in html
    assert html.count("&lt;script&gt;") >= 101
    assert re.search(r'value="b"\s+checked', html)


def test_typed_lines_come_back_without_a_space_more_however_deep_they_stand() -> None:
    """(FI5)"""
    html = shown(CareForm({"care": "other", "other": "one\ntwo\n  three"}))

    assert re.search(r"<textarea[^>]*>one&#10;two&#10;  three</textarea>", html)


def test_a_line_break_as_browsers_send_it_comes_back_as_one() -> None:
    """(FI5) Otherwise every refusal would double the empty lines of what was typed."""
    html = shown(CareForm({"care": "other", "other": "one\r\n\r\ntwo"}))

    assert re.search(r"<textarea[^>]*>one&#10;&#10;two</textarea>", html)


def test_labels_hints_choices_and_errors_are_escaped() -> None:
    """(FI2) Officers write the questions of a programme; so their texts are no more trusted than answers."""

    class Hostile(GovukForm):
        line = LineField(label=HOSTILE, help_text=HOSTILE, missing=HOSTILE)
        pick = ChoiceField(label=HOSTILE, choices=[(HOSTILE, HOSTILE)], hints={HOSTILE: HOSTILE}, missing=HOSTILE)
        many = MultipleChoiceField(label=HOSTILE, choices=[(HOSTILE, HOSTILE)], missing=HOSTILE)
        drop = forms.ChoiceField(label=HOSTILE, choices=[(HOSTILE, HOSTILE)])
        text = TextField(label=HOSTILE, help_text=HOSTILE, missing=HOSTILE)

    form = Hostile({})

    assert "<script>" not in "".join(field.govuk for field in form)
    assert "<script>" not in form["line"].as_govuk(heading=True, caption=HOSTILE, prefix=HOSTILE, hint=HOSTILE)


def test_a_question_that_an_answer_opens_must_be_answered_only_then() -> None:
    """(FI7)"""
    closed = CareForm({"care": "home", "other": "left over"})
    opened = CareForm({"care": "other", "other": ""})

    assert "other" not in closed.errors
    assert closed.cleaned_data["other"] == ""
    assert opened.errors["other"] == ["Enter what you provide"]


def test_only_open_questions_that_may_stay_empty_are_marked_optional() -> None:
    html = shown(CareForm())

    assert re.findall(r"(\w+\??) \(optional\)", html) == ["Note"]


def test_a_word_that_question_does_not_know_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="widht"):
        Question("name", widht="10")


def test_yes_and_no_stand_checked_as_they_were_saved() -> None:
    class Manager(GovukForm):
        manager = YesNoField(label="Manager?")

    assert re.search(r'value="no"\s+checked', Manager(initial={"manager": False})["manager"].govuk)


def test_forms_of_other_packages_get_our_fields_and_never_show_a_password_again() -> None:
    class SignIn(forms.Form):
        password = forms.CharField(widget=forms.PasswordInput(render_value=True, attrs={"placeholder": "Password"}))

    html = SignIn({"password": "secret-horse"})["password"].govuk

    assert "govuk-password-input" in html
    assert "secret-horse" not in html
    assert "placeholder" not in html


def test_errors_of_a_formset_are_linked_too() -> None:
    formset = formset_factory(CareForm)({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-note": "x"})

    assert next(errors_of(formset)) == ("id_form-0-name", "Enter your full name")


class SeldomForm(GovukForm):
    note = LineField(label="Note", required=False, max_length=5)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Details("Write a note", Question("note"), hint="If you like."), Continue())


@pytest.mark.parametrize(
    ("data", "is_open"), [(None, False), ({"note": ""}, False), ({"note": "Yes"}, True), ({"note": "Too long"}, True)]
)
def test_questions_that_few_need_are_open_where_something_is_filled_in_or_wrong(data, is_open) -> None:
    html = shown(SeldomForm(data))

    assert bool(re.search(r"<details[^>]* open", html)) is is_open
    assert html.index("Write a note") < html.index("If you like.") < html.index('name="note"')
