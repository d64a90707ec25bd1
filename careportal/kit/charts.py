"""Charts as SVG, made here: shapes and attributes only, so that the strictest content policy lets them pass.

What a chart shows stands in a table beside it; its title and description say the finding to those who hear the page.
Colours come from the style sheet. The period before is told apart by a pattern and by its place, not by colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, LABELS, VALUES = 720, 250, 60
ROW, BAR, GAP = 20, 16, 12
LONGEST_LABEL = 34


@dataclass(frozen=True)
class Bar:
    """One line of a chart: how many, and how many in the period before where that is compared."""

    label: str
    value: float
    before: float | None = None

    @property
    def height(self) -> int:
        return ROW * (1 if self.before is None else 2) + GAP


def bars(name: str, title: str, finding: str, lines: Sequence[Bar]) -> SafeString:
    """A chart with one bar a line, or two. `name` is unique on the page: ids are made from it."""
    most = max((max(line.value, line.before or 0) for line in lines), default=0) or 1
    height = sum(line.height for line in lines)
    tops = [sum(line.height for line in lines[:number]) for number in range(len(lines))]
    drawn = format_html_join("", "{}", ((_line(name, line, top, most),) for line, top in zip(lines, tops, strict=True)))
    head = {"name": name, "title": title, "finding": finding, "width": WIDTH, "height": height, "drawn": drawn}
    return format_html(SVG, **head)


def _line(name: str, line: Bar, top: int, most: float) -> SafeString:
    rows = [(line.value, "portal-chart__bar", "")]
    if line.before is not None:
        rows.append((line.before, "portal-chart__bar portal-chart__bar--before", f"url(#{name}-before)"))
    label = format_html(LABEL, x=LABELS - 12, y=top + BAR - 3, text=_short(line.label))
    return label + format_html_join(
        "", "{}", ((_bar(value, top + ROW * row, most, *look),) for row, (value, *look) in enumerate(rows))
    )


def _bar(value: float, top: int, most: float, classes: str, fill: str) -> SafeString:
    length = round(value / most * (WIDTH - LABELS - VALUES), 1)
    attribute = format_html(' fill="{}"', fill) if fill else ""
    shape = {"x": LABELS, "y": top, "length": length, "height": BAR, "classes": classes, "fill": attribute}
    return format_html(BAR_SHAPE, **shape, text_x=LABELS + length + 8, text_y=top + BAR - 3, value=f"{value:,g}")


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"


SVG = """<svg class="portal-chart" viewBox="0 0 {width} {height}"
 role="img" aria-labelledby="{name}-title {name}-finding">
<title id="{name}-title">{title}</title><desc id="{name}-finding">{finding}</desc>
<defs><pattern id="{name}-before" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect class="portal-chart__paper" width="6" height="6"/><rect class="portal-chart__line" width="2" height="6"/>
</pattern></defs>
{drawn}</svg>"""
LABEL = '<text class="portal-chart__text" x="{x}" y="{y}" text-anchor="end">{text}</text>'
BAR_SHAPE = (
    '<rect class="{classes}" x="{x}" y="{y}" width="{length}" height="{height}"{fill}/>'
    '<text class="portal-chart__text" x="{text_x}" y="{text_y}">{value}</text>'
)
