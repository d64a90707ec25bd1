"""The base of the portal's forms, and the renderer that gives every form our bound fields."""

from collections.abc import Iterator
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.forms import BaseForm, BaseFormSet
from django.forms.renderers import TemplatesSetting

from careportal.kit.bound import GovukBoundField

SAME_ADDRESS = "."  # what crispy is told; the template leaves the attribute out, so the query stays as well


class GovukRenderer(TemplatesSetting):
    """Every form of the portal, allauth's and the admin's too, gets fields that know their component."""

    bound_field_class = GovukBoundField


class GovukHelper(FormHelper):
    """crispy's helper, set for a form that posts to its own address and leaves checking to the server."""

    def __init__(self, form: BaseForm | None = None) -> None:
        super().__init__(form)
        self.form_action = SAME_ADDRESS
        self.attrs = {"novalidate": "novalidate"}
        self.include_media = False


class GovukForm(forms.Form):
    """A form that shows all errors at once, in its own words.

    `revealed` names the questions that only open with a certain answer: {"other_name": ("kind", "other")} asks
    `other_name` when `kind` is answered with "other". Declare them as required: they are, but only then; an
    answer to a closed question is neither checked nor kept.
    """

    use_required_attribute = False
    marks_optional = True
    revealed: ClassVar[dict[str, tuple[str, str]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.helper = GovukHelper(self)

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]  # Django has it, its stubs do not
        for name in self.revealed:
            if not self._is_open(name):
                self.errors.pop(name, None)
                self.cleaned_data[name] = self.fields[name].to_python(None)

    def _is_open(self, name: str) -> bool:
        question, answer = self.revealed[name]
        given = self[question].value()
        return answer in ([str(one) for one in given] if isinstance(given, list | tuple) else [str(given)])


def errors_of(form: BaseForm | BaseFormSet) -> Iterator[tuple[str, str]]:
    """Every message of a form or formset with the id of the control it is about ("" when about the whole)."""
    if isinstance(form, BaseFormSet):
        yield from (("", str(message)) for message in form.non_form_errors())
        for one in form.forms:
            yield from errors_of(one)
        return
    yield from (("", str(message)) for message in form.non_field_errors())
    for field in form:
        yield from ((getattr(field, "first_id", field.auto_id), str(message)) for message in field.errors)
