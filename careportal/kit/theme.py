"""The council's colours as a style sheet, and its icon: made from the pack at run time, with nothing to build."""

import hashlib
from functools import lru_cache
from typing import Any

from django.conf import settings

PROPERTIES = {
    "--govuk-brand-colour": "brand",
    "--govuk-link-colour": "link",
    "--govuk-link-hover-colour": "link_hover",
    "--govuk-surface-background-colour": "surface",
    "--govuk-template-background-colour": "surface",
    "--govuk-surface-border-colour": "surface_border",
    "--portal-button-colour": "button",
    "--portal-button-hover-colour": "button_hover",
    "--portal-button-shadow-colour": "button_shadow",
}

# A heart on the council's colour.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="{brand}"/>'
    '<path fill="#fff" d="M16 25.5 7.4 16.9a5.6 5.6 0 0 1 7.9-7.9l.7.7.7-.7a5.6 5.6 0 0 1 7.9 7.9z"/></svg>\n'
)


def style_sheet() -> str:
    return _style_sheet(settings.COUNCIL.colours)


def icon() -> str:
    return ICON.format(brand=settings.COUNCIL.colours.brand)


def version() -> str:
    """Changes when the colours do. Part of the address, so that browsers may keep the sheet for ever."""
    return _version(settings.COUNCIL.colours)


@lru_cache
def _version(colours: Any) -> str:
    return hashlib.sha256((_style_sheet(colours) + ICON).encode()).hexdigest()[:12]


@lru_cache
def _style_sheet(colours: Any) -> str:
    properties = "".join(f"  {name}: {getattr(colours, key)};\n" for name, key in PROPERTIES.items())
    return f":root {{\n{properties}}}\n"
