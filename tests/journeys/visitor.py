"""Somebody at a screen: opens pages, reads, types and presses, and notices what is wrong with a page."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, expect

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


@dataclass
class Watch:
    """What goes wrong behind a page: errors in the console, refused styles and scripts, requests to other hosts."""

    host: str
    found: list[str] = field(default_factory=list)
    is_paused: bool = False

    def follow(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("framenavigated", lambda frame: self._resume())

    def _resume(self) -> None:
        self.is_paused = False

    def _note(self, problem: str) -> None:
        if not self.is_paused:
            self.found.append(problem)

    def _console(self, message: ConsoleMessage) -> None:
        # A page with status 404 says so in the console; what a page loads is looked at below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._note(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme != "data" and address.netloc != self.host:
            self._note(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            self._note(f"{response.status}: {response.url}")


class Visitor:
    """One browser with its own cookies. `problems` must be empty at the end (see conftest)."""

    def __init__(self, browser: Browser, base: str, *, size: dict[str, int] = DESK, scripts: bool = True) -> None:
        self.base, self.scripts = base.rstrip("/"), scripts
        self.context = browser.new_context(viewport=size, java_script_enabled=scripts, base_url=self.base)
        self.context.set_default_timeout(10_000)
        self.watch = Watch(urlsplit(self.base).netloc)
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        page = self.context.new_page()
        self.watch.follow(page)
        return page

    @property
    def problems(self) -> list[str]:
        return self.watch.found

    # --- going about -----------------------------------------------------------------------------------------------

    def open(self, path: str) -> "Visitor":
        self.page.goto(path)
        return self

    def go(self, by: Locator) -> "Visitor":
        """Click on what leads to a page, and look up when that page is there: a click alone may still see the old."""
        with self.page.expect_navigation():
            by.click()
        return self

    def follow(self, link: str) -> "Visitor":
        """Follow a link to another page."""
        return self.go(self.main.get_by_role("link", name=link, exact=True).first)

    def press(self, button: str) -> "Visitor":
        """Press a button that leads to a page, be it the same one with errors."""
        return self.go(self.main.get_by_role("button", name=button, exact=True))

    def choose(self, answer: str) -> "Visitor":
        """Take a radio button or a checkbox, by its words."""
        self.main.get_by_label(answer, exact=True).check()
        return self

    def type(self, label: str, text: str) -> "Visitor":
        """Fill in a text box, by its label or by part of it: a caption or "(optional)" may stand there too."""
        self.main.get_by_label(label).fill(text)
        return self

    # --- looking ---------------------------------------------------------------------------------------------------

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def at(self) -> str:
        """The last word of the address: "postcode", "check", "sent" …"""
        return urlsplit(self.page.url).path.rstrip("/").rsplit("/", 1)[-1]

    @property
    def heading(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().split())

    @property
    def text(self) -> str:
        return self.main.inner_text()

    @property
    def errors(self) -> list[str]:
        return [link.inner_text() for link in self.page.locator(".govuk-error-summary__list a").all()]

    @property
    def focused(self) -> str:
        """The id of the control that has the focus."""
        return str(self.page.evaluate("document.activeElement.id"))

    def sees(self, words: str) -> bool:
        with suppress(AssertionError):
            expect(self.page.locator("body")).to_contain_text(words, timeout=5_000)
            return True
        return False

    def reference(self) -> str:
        """The reference on the page after sending."""
        found = re.search(r"[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}", self.main.inner_text())
        assert found, self.text
        return found.group()

    def script(self, expression: str, argument: Any = None) -> Any:
        return self.page.evaluate(expression, argument)
