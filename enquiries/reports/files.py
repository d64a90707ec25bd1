"""A stored report as a file, and its data dictionary: from what is stored alone."""

from careportal.kit.exports import Cell
from enquiries.models import Report
from enquiries.reports.section import BEFORE, HIDDEN_MEANS, Section, restored

HEADER = ["Report", "Period", "Narrowed to", "Table", "Line", "Column", "Number"]
DICTIONARY_HEADER = ["Name", "Meaning", "Unit", "How it is counted", "Source", "What is left out"]
COLUMNS = [
    ("Report", "The kind of report"),
    ("Period", "The period of the figure: that of the report, or the one before that it is compared with"),
    ("Narrowed to", "The partner or theme whose programmes alone are counted; empty: everything"),
    ("Table", "The table of the report, as below"),
    ("Line", "What is counted; “All” is all lines of the table together"),
    ("Column", "The column of the table: this period or the one before, or what else is told apart there"),
    ("Number", f"The figure. {HIDDEN_MEANS} Empty: there is nothing to count"),
]


def rows(report: Report) -> list[list[Cell]]:
    content = report.content
    kind, periods = content["kind"], {BEFORE: content["before"]}
    found: list[list[Cell]] = []
    for section in _sections(report):
        for line, column, cell in section.figures():
            period = periods.get(column, content["period"])
            found.append([kind, period, content["narrowed"], section.title, line, column, cell])
    return found


def dictionary(report: Report) -> list[list[Cell]]:
    """First the columns of the file, then each column of each table."""
    described: list[list[Cell]] = [[name, meaning, "", "", "", ""] for name, meaning in COLUMNS]
    for section in _sections(report):
        about: list[Cell] = [section.unit, section.counted, section.source, section.suppression]
        for place, column in enumerate(section.columns):
            described.append([f"{section.title}: {column}", _meaning(section, place), *about])
    return described


def _meaning(section: Section, place: int) -> str:
    before = " in the period before" if section.compared and place else ""
    return f"For each line ({section.first_column.lower()}) its number{before}"


def _sections(report: Report) -> list[Section]:
    return [restored(one) for one in report.content["sections"]]
