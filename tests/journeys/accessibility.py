"""What keeps people from using a page: axe's findings, sideways scrolling, targets too small for a thumb."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page, Route

from tests import services
from tests.journeys.allowed import ALLOWED
from tests.journeys.visitor import Visitor

AXE = Path(services.ROOT, "node_modules", "axe-core", "axe.min.js")
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

RUN_AXE = """tags => axe.run(document, {runOnly: {type: "tag", values: tags}}).then(
  result => result.violations.flatMap(
    rule => rule.nodes.map(node => [rule.id, node.target.join(" "), node.html.slice(0, 160)])))"""

# A link in the middle of a sentence may be as low as its line (WCAG 2.2, 2.5.8); whatever stands alone may not.
SMALL_TARGETS = """() => {
  const stands_alone = element => {
    if (element.tagName !== "A") return true;
    const words = node => (node.textContent || "").trim();
    return words(element.parentElement) === words(element);
  };
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter(element => element.checkVisibility({visibilityProperty: true}) && element.type !== "hidden")
    .filter(stands_alone)
    .map(element => [element, element.getBoundingClientRect()])
    .filter(([, box]) => box.bottom > 0 && (box.width < 24 || box.height < 24))
    .map(([element, box]) =>
      `target of ${Math.round(box.width)} x ${Math.round(box.height)}: ${element.outerHTML.slice(0, 120)}`);
}"""

OVERFLOWING = """() => document.documentElement.scrollWidth > window.innerWidth
  ? [...document.querySelectorAll("body *")]
      .filter(element => element.getBoundingClientRect().right > window.innerWidth + 1)
      .map(element => element.outerHTML.slice(0, 120)).slice(-1)
  : []"""


@cache
def axe() -> str:
    if not AXE.is_file():
        services.missing("axe-core (npm ci)", required_by="REQUIRE_BROWSER")
    return AXE.read_text()


def findings(visitor: Visitor) -> list[str]:
    """All that is wrong with the page this visitor is on, at the widths of a phone, of 200% zoom and of a desk."""
    visitor.watch.is_paused = True  # axe puts a style element into long pages, which the policy rightly refuses
    page = visitor.page
    return [*_by_axe(page), *_sideways(page, 320), *_sideways(page, 640), *_small(page)]


def _by_axe(page: Page) -> list[str]:
    page.evaluate(axe())
    found = page.evaluate(RUN_AXE, STANDARD)
    return [f"{rule}: {html}" for rule, target, html in found if not any(one.covers(rule, target) for one in ALLOWED)]


def _sideways(page: Page, width: int) -> list[str]:
    """320 px is 400% of a desk screen (WCAG 1.4.10), 640 px is 200% (1.4.4). Tables may scroll by themselves."""
    page.set_viewport_size({"width": width, "height": 640})
    return [f"wider than {width} px: {html}" for html in page.evaluate(OVERFLOWING)]


def _small(page: Page) -> list[str]:
    page.set_viewport_size({"width": 360, "height": 740})
    return list(page.evaluate(SMALL_TARGETS))


def findings_without_scripts(visitor: Visitor, examiner: Visitor) -> list[str]:
    """The same for a page that was drawn without scripts: a second browser, its scripts held back, looks at it."""
    html, address = visitor.page.content(), visitor.page.url

    def answer(route: Route) -> None:
        if route.request.url == address:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        elif route.request.resource_type == "script":
            route.fulfill(body="", content_type="text/javascript")
        else:
            route.continue_()

    examiner.context.route("**/*", answer)
    examiner.open(address)
    found = findings(examiner)
    examiner.context.unroute("**/*", answer)
    return found
