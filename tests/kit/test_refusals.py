"""What is refused is told on the form, and a limit says when to try again."""

import pytest
from django import forms
from django.http import HttpResponse

from careportal.kit.refusals import Refused, answered, tried


class Form(forms.Form):
    name = forms.CharField()


@pytest.fixture
def form():
    return Form({"name": "Typed"})


def refusing(refusal):
    def step():
        raise refusal

    return step


def test_what_is_done_leaves_the_form_and_its_page_as_they_are(form):
    assert tried(form, lambda: None)
    assert form.is_valid()
    assert answered(HttpResponse(), form).status_code == 200


@pytest.mark.parametrize("field", [None, "name"])
def test_a_refusal_is_told_on_the_form_with_what_was_typed(form, field):
    assert not tried(form, refusing(Refused("Not now.")), field)

    assert form.errors == {field or "__all__": ["Not now."]}
    assert form["name"].value() == "Typed"
    assert answered(HttpResponse(), form).status_code == 200


def test_a_limit_says_how_long_to_wait_and_makes_the_page_a_429(form):
    """(FI15)"""
    told = []

    assert not tried(form, refusing(Refused("Too often.", retry_after=119.2)), told.append)

    answer = answered(HttpResponse(), form)
    assert told == ["Too often. Wait 2 minutes, then try again."]
    assert (answer.status_code, answer["Retry-After"]) == (429, "120")


def test_what_is_no_refusal_is_not_hidden(form):
    with pytest.raises(ZeroDivisionError):
        tried(form, lambda: 1 / 0)
