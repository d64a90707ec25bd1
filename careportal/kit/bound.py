"""From a bound form field to the parameters of its GOV.UK component."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from careportal.kit import components
from careportal.kit.components import words
from careportal.kit.dates import PARTS, DateParts, Typed

# What Django or a package puts on an input and a GOV.UK input does not have: browser checks, styles, placeholders.
UNWANTED = {"required", "maxlength", "minlength", "placeholder", "class", "size", "cols", "rows", "autofocus", "style"}
BREAK = mark_safe("<br>")
OWN_OPTIONS = {"autocomplete", "inputmode", "type", "id"}


class GovukBoundField(BoundField):
    """Knows its component, its first control and its messages. Renders itself: `{{ form.full_name.govuk }}`."""

    @property
    def component(self) -> str:
        """The GOV.UK component for this field's widget, by the first class that fits. "" when there is none."""
        name = next((name for kind, name in COMPONENTS if isinstance(self.field.widget, kind)), "")
        return "character-count" if name == "textarea" and getattr(self.field, "max_length", None) else name

    @property
    def first_id(self) -> str:
        """What the error summary links to: the first box or button, for a date the first part that is wrong."""
        if self.component == "date-input":
            return f"{self.auto_id}-{(self.wrong_parts or PARTS)[0]}"
        return self.auto_id

    @property
    def messages(self) -> list[str]:
        return [str(message) for message in self.errors]

    @property
    def wrong_parts(self) -> list[str]:
        """The parts of a date that its error is about; all of them when it does not say."""
        found: list[str] = []
        for error in self.errors.as_data():
            found += (error.params or {}).get("parts", PARTS) if isinstance(error, ValidationError) else PARTS
        return [part for part in PARTS if part in found]

    @property
    def govuk(self) -> SafeString:
        return self.as_govuk()

    def as_govuk(self, **options: Any) -> SafeString:
        """The whole question: label, hint, error, control. The options are those of `Question`."""
        if self.is_hidden:
            return self.as_widget()
        if not self.component:
            return self._unknown(options)
        shape = SHAPES.get(self.component, _single)
        return components.render(self.component, {**_common(self, options), **shape(self, options)})

    def _unknown(self, options: dict[str, Any]) -> SafeString:
        """A widget that no component fits: Django's own, in a form group with our label and errors."""
        label = components.render("label", {**_label(self, options), "for": self.id_for_label})
        errors = components.render("error-message", words(_joined(self.messages))) if self.errors else ""
        kind = "govuk-form-group govuk-form-group--error" if self.errors else "govuk-form-group"
        return format_html('<div class="{}">{}{}{}</div>', kind, label, errors, self.as_widget())


COMPONENTS: list[tuple[type[forms.Widget], str]] = [
    (DateParts, "date-input"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.CheckboxInput, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.PasswordInput, "password-input"),
    (forms.MultiWidget, ""),
    (forms.FileInput, "file-upload"),
    (forms.widgets.Input, "input"),
]


def _common(field: GovukBoundField, options: dict[str, Any]) -> dict[str, Any]:
    hint = options.get("hint") or field.help_text
    return {
        "id": field.auto_id,
        "idPrefix": field.auto_id,
        "name": field.html_name,
        **({"hint": words(hint)} if hint else {}),
        **({"errorMessage": words(_joined(field.messages))} if field.errors else {}),
    }


def _joined(messages: list[str]) -> SafeString:
    return format_html_join(BREAK, "{}", ((message,) for message in messages))


def _title(field: GovukBoundField, options: dict[str, Any]) -> Any:
    """The label, marked when the question may stay open, under its caption when it has one."""
    label: Any = options.get("label") or field.label
    if _optional(field, options):
        label = format_html("{} (optional)", label)
    if options.get("caption"):
        size = "l" if options.get("heading") else "m"
        label = format_html('<span class="govuk-caption-{}">{}</span> {}', size, options["caption"], label)
    return label


def _optional(field: GovukBoundField, options: dict[str, Any]) -> bool:
    marked = options.get("optional", getattr(field.form, "marks_optional", False))
    single = isinstance(field.field.widget, forms.CheckboxInput)
    return bool(marked) and not field.field.required and not single and "optional" not in str(field.label).lower()


def _label(field: GovukBoundField, options: dict[str, Any]) -> dict[str, Any]:
    return words(
        _title(field, options), isPageHeading=bool(options.get("heading")), classes=_size("govuk-label", options)
    )


def _legend(field: GovukBoundField, options: dict[str, Any]) -> dict[str, Any]:
    classes = _size("govuk-fieldset__legend", options)
    legend = words(_title(field, options), isPageHeading=bool(options.get("heading")), classes=classes)
    return {"fieldset": {"legend": legend}}


def _size(block: str, options: dict[str, Any]) -> str:
    """Page headings are large, other labels small and bold; a label can be hidden from sight, never left out."""
    if options.get("hidden_label"):
        return "govuk-visually-hidden"
    return f"{block}--{options.get('size') or ('l' if options.get('heading') else 's')}"


def _single(field: GovukBoundField, options: dict[str, Any]) -> dict[str, Any]:
    """One box to type into."""
    widget = field.field.widget
    kind = getattr(field.field, "input_type", "") or getattr(widget, "input_type", "text")
    return {
        "label": _label(field, options),
        "value": _text(field),
        "type": "text" if kind in {"number", "date"} else kind,
        "classes": _width(field, options),
        "autocomplete": _option("autocomplete", field, options),
        "inputmode": _option("inputmode", field, options) or ("numeric" if kind == "number" else ""),
        "spellcheck": False if kind in {"email", "tel", "url"} or _option("autocomplete", field, options) else None,
        "attributes": _attributes(field),
        **({"prefix": words(options["prefix"])} if options.get("prefix") else {}),
        **({"suffix": words(options["suffix"])} if options.get("suffix") else {}),
    }


def _text(field: GovukBoundField) -> str:
    value = field.value()
    return "" if value is None else str(field.field.widget.format_value(value) or "")


def _option(name: str, field: GovukBoundField, options: dict[str, Any]) -> str:
    """An option as the page says; else as the field does; else as its widget does."""
    return options.get(name) or getattr(field.field, name, "") or field.field.widget.attrs.get(name, "")


def _width(field: GovukBoundField, options: dict[str, Any]) -> str:
    """Widths: characters (2, 3, 4, 5, 10, 20, 30) or parts of the column (one-half, two-thirds, full…)."""
    width = str(options.get("width") or getattr(field.field, "width", ""))
    if width.isdecimal():
        return f"govuk-input--width-{width}"
    return f"govuk-!-width-{width}" if width else ""


def _attributes(field: GovukBoundField) -> dict[str, Any]:
    attributes = field.field.widget.attrs.items()
    return {name: value for name, value in attributes if name not in UNWANTED | OWN_OPTIONS}


def _textarea(field: GovukBoundField, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "label": _label(field, options),
        "value": components.lines(_text(field)),
        "rows": str(options.get("rows") or field.field.widget.attrs.get("rows", 5)),
        "classes": _width(field, options),
        "maxlength": getattr(field.field, "max_length", None),
        "threshold": "50",
        "attributes": _attributes(field),
    }


def _file(field: GovukBoundField, options: dict[str, Any]) -> dict[str, Any]:
    """A file to choose. Browsers never send one a second time by themselves."""
    return {"label": _label(field, options), "attributes": _attributes(field)}


def _password(field: GovukBoundField, options: dict[str, Any]) -> dict[str, Any]:
    """What was typed is never sent back."""
    return {
        "label": _label(field, options),
        "autocomplete": _option("autocomplete", field, options) or "current-password",
        "attributes": _attributes(field),
    }


def _select(field: GovukBoundField, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "label": _label(field, options),
        "items": [{"text": str(item.get("html", "")), **item} for item in _items(field, "selected")],
        "classes": _width(field, options),
        "attributes": _attributes(field),
    }


def _radios(field: GovukBoundField, options: dict[str, Any]) -> dict[str, Any]:
    classes = " ".join(f"govuk-radios--{kind}" for kind in ("inline", "small") if options.get(kind))
    return {
        **_legend(field, options),
        "items": _revealing(field, _items(field, "checked"), options),
        "classes": classes,
    }


def _checkboxes(field: GovukBoundField, options: dict[str, Any]) -> dict[str, Any]:
    classes = "govuk-checkboxes--small" if options.get("small") else ""
    if isinstance(field.field.widget, forms.CheckboxSelectMultiple):
        items = _revealing(field, _items(field, "checked"), options)
        return {**_legend(field, options), "items": items, "classes": classes}
    item = words(options.get("label") or field.label, value="on", checked=bool(field.value()))
    # A lone box carries its own label: the hint and the error hang on the box itself.
    return {"items": [item], "classes": classes}


def _items(field: GovukBoundField, chosen: str) -> list[dict[str, Any]]:
    """The offered answers. Values are compared as text: what was posted is text."""
    hints = getattr(field.field, "hints", {})
    nothing = getattr(field.field, "nothing", "")
    given = field.value()
    values = {str(one) for one in (given if isinstance(given, list | tuple | set) else [given]) if one is not None}
    items: list[dict[str, Any]] = []
    for value, label in _flat(field.field.widget.choices):
        text = "" if value is None else str(value)
        if not text and chosen == "checked" and str(label).startswith("---"):
            continue  # Django's empty choice: radios have none, and nothing chosen says the same
        if nothing and text == nothing:
            items.append({"divider": "or"})
        item = words(label, value=text, **{chosen: text in values})
        item |= {"hint": words(hints[value])} if hints.get(value) else {}
        items.append(item | ({"behaviour": "exclusive"} if nothing and text == nothing else {}))
    return items


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """The choices without their groups, which no GOV.UK component shows."""
    flat: list[tuple[Any, Any]] = []
    for value, label in choices:
        flat += _flat(label) if isinstance(label, list | tuple) else [(value, label)]
    return flat


def _revealing(field: GovukBoundField, items: list[dict[str, Any]], options: dict[str, Any]) -> list[dict[str, Any]]:
    """The answers, each with the questions it opens: `options["revealed"]` is markup by value."""
    revealed = options.get("revealed") or {}
    for item in items:
        if revealed.get(item.get("value")):
            item["conditional"] = {"html": revealed[item["value"]]}
    return items


def _date(field: GovukBoundField, options: dict[str, Any]) -> dict[str, Any]:
    typed = field.value()
    values = typed if isinstance(typed, Typed) else Typed("", "", "")
    wrong = field.wrong_parts
    items = []
    for part, value in zip(PARTS, values, strict=True):
        classes = f"govuk-input--width-{4 if part == 'year' else 2}"
        items.append(
            {
                "name": part,
                "label": part.capitalize(),
                "id": f"{field.auto_id}-{part}",
                "value": value,
                "classes": f"{classes} govuk-input--error" if part in wrong else classes,
            }
        )
    return {**_legend(field, options), "namePrefix": field.html_name, "items": items}


SHAPES = {
    "character-count": _textarea,
    "textarea": _textarea,
    "password-input": _password,
    "select": _select,
    "radios": _radios,
    "checkboxes": _checkboxes,
    "date-input": _date,
    "file-upload": _file,
}
