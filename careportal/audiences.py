"""Who may open each address of the portal. Our own views say it themselves; other people's are listed here."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.views.decorators.http import require_http_methods

ADMIN_ANYONE = {"admin:login", "admin:logout"}
ALLAUTH_ANYONE = {
    "account_complete_password_reset",
    "account_confirm_login_code",
    "account_confirm_password_reset_code",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_password_reset_completed",
    "account_reset_password",
    "account_signup",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
ALLAUTH_SIGNED_IN = {
    "account_change_password",
    "account_email",
    "account_reauthenticate",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "usersessions_list",
}


@dataclass(frozen=True)
class Address:
    """One line of the table. `who_may` is empty when nobody has said; a test then fails."""

    pattern: str
    name: str
    view: str
    methods: str
    who_may: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def addresses() -> list[Address]:
    """Every URL pattern of the portal, in the order in which they are tried."""
    return [
        Address(pattern, name, _path_of(view), _methods(view), who_may(name, view))
        for pattern, name, view in _walk(get_resolver().url_patterns, "/", "")
    ]


def who_may(name: str, view: Callable[..., Any]) -> str:
    declared = getattr(view, "who_may", "") or getattr(getattr(view, "view_class", None), "who_may", "")
    if declared:
        return declared
    if name in ALLAUTH_ANYONE | ADMIN_ANYONE:
        return "anyone"
    if name in ALLAUTH_SIGNED_IN:
        return "signed in"
    return "staff" if name.startswith("admin:") else ""


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for entry in patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, pattern, inner)
        elif isinstance(entry, URLPattern):
            yield pattern, f"{namespace}{entry.name or ''}", entry.callback


def _path_of(view: Callable[..., Any]) -> str:
    known = getattr(view, "view_class", inspect.unwrap(view))
    return f"{known.__module__}.{getattr(known, '__qualname__', type(known).__qualname__)}"


def _methods(view: Callable[..., Any]) -> str:
    """What the view answers to: read from its class or from the decorator that limits it; `any` when neither says."""
    view_class = getattr(view, "view_class", None)
    if view_class:
        return " ".join(name.upper() for name in view_class.http_method_names if hasattr(view_class, name))
    layer: Any = view
    while layer is not None:
        if getattr(layer, "__code__", None) and layer.__code__.co_filename == require_http_methods.__code__.co_filename:
            allowed = inspect.getclosurevars(layer).nonlocals.get("request_method_list")
            if allowed:
                return " ".join(allowed)
        layer = getattr(layer, "__wrapped__", None)
    return "any"
