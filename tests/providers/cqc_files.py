"""Small made-up files in the forms in which the Care Quality Commission publishes. No such home or firm exists."""

import csv
import io
import zipfile
from html import escape
from io import StringIO
from pathlib import Path

import xlsxwriter
from django.core.management import call_command

CANARY = "Canary Personsname"

DIRECTORY = [
    *("Name", "Also known as", "Address", "Postcode", "Phone number", "Service's website (if available)"),
    *("Service types", "Date of latest check", "Specialisms/services", "Provider name", "Local authority", "Region"),
    *("Location URL", "CQC Location ID (for office use only)", "CQC Provider ID (for office use only)"),
]
UNTIL_2020 = [
    *(*DIRECTORY[:10], "Local Authority", "Region", "Location URL"),
    *("CQC Location (for office use only", "CQC Provider ID (for office use only)"),
]
SEARCH = [
    *("Name", "Address 1", "Address 2", "Town/City", "County", "Postcode", "Phone number"),
    *("CQC Provider ID (for office use only)", "CQC Location ID (for office use only)", "Website", "Local authority"),
    *("Region", "Report publication date", "URL", "Also known as", "Specialisms/services", "Service types"),
    "Provider name",
]
RATINGS = [
    *("Location ID", "Location Name", "Care Home?", "Location Type", "Location Primary Inspection Category"),
    *("Location Street Address", "Location Address Line 2", "Location City", "Location Post Code"),
    *("Location Local Authority", "Location Region", "Service / Population Group", "Domain", "Latest Rating"),
    *("Publication Date", "URL", "Provider ID", "Provider Name"),
]
FILTERS = [
    *("Location ID", "Location HSCA start date", "Care home?", "Location Name", "Location Telephone Number"),
    *("Registered manager (note; where there is more than one manager, the first is given)", "Location Web Address"),
    *("Location Type/Sector", "Location Latest Overall Rating", "Publication Date", "Location Region"),
    *("Location Local Authority", "Location Street Address", "Location Address Line 2", "Location City"),
    *("Location Postal Code", "Provider ID", "Provider Name", "Provider Nominated Individual Name"),
    *("Provider Main Partner Name", "Regulated activity - Personal care", "Service type - Domiciliary care service"),
    *("Service type - Care home service with nursing", "Service type - Supported living service"),
    *("Service user band - Dementia", "Service user band - Older People - living alone"),
]

PREAMBLE = ["CQC Locations data", "", "This data was produced on 16 September 2026", ""]


def number(n: int) -> str:
    """A location's ID."""
    return f"1-{100_000_000 + n}"


def home(n: int = 1, **said: str) -> dict[str, str]:
    """One location in the directory's words."""
    return {
        "Name": f"Example home {n}",
        "Address": f"{n} Example Road,Dagenham",
        "Postcode": "RM10 7AA",
        "Phone number": "2079460958",
        "Service's website (if available)": "https://home.example.org",
        "Service types": "Residential homes|Homecare agencies",
        "Date of latest check": "09/Jan/2018 - 00:00",
        "Specialisms/services": "Dementia|Physical disabilities",
        "Provider name": "Example Care Ltd",
        "Local authority": "Barking and Dagenham",
        "Local Authority": "Barking and Dagenham",
        "Region": "London",
        DIRECTORY[13]: number(n),
        UNTIL_2020[13]: number(n),
        DIRECTORY[14]: "1-200000001",
        **said,
    }


def rated(n: int = 1, **said: str) -> dict[str, str]:
    """One row of the ratings."""
    return {
        "Location ID": number(n),
        "Location Name": f"Example home {n}",
        "Care Home?": "Y",
        "Location Type": "Social Care Org",
        "Location Street Address": "Old house",
        "Location Address Line 2": f"{n} Old Road",
        "Location City": "Barking",
        "Location Post Code": "IG11  7LU",
        "Location Local Authority": "Barking and Dagenham",
        "Location Region": "London",
        "Service / Population Group": "Overall",
        "Domain": "Overall",
        "Latest Rating": "Good",
        "Publication Date": "05/03/2024",
        "Provider ID": "1-200000001",
        "Provider Name": "Example Care Ltd",
        **said,
    }


def searched(n: int = 1, **said: str) -> dict[str, str]:
    """One row of the export of the search."""
    return {
        "Name": f"Example home {n}",
        "Address 1": f"{n} Example Road",
        "Town/City": "Dagenham",
        "Postcode": "RM10 7AA",
        "Phone number": "02079460958",
        SEARCH[7]: "1-200000001",
        SEARCH[8]: number(n),
        "Website": "https://home.example.org",
        "Local authority": "Barking and Dagenham",
        "Region": "London",
        "Report publication date": "2024-03-05T00:00:00Z",
        "Specialisms/services": "Dementia,Physical disabilities",
        "Service types": "Residential homes,Homecare agencies",
        "Provider name": "Example Care Ltd",
        **said,
    }


def filtered(n: int = 1, **said: str) -> dict[str, str]:
    """One row of the directory with filters, in which people are named."""
    return {
        "Location ID": number(n),
        "Location HSCA start date": "2011-01-20",
        "Care home?": "N",
        "Location Name": f"Example agency {n}",
        "Location Telephone Number": "02079460958",
        FILTERS[5]: CANARY,
        "Location Type/Sector": "Social Care Org",
        "Location Latest Overall Rating": "Requires Improvement",
        "Publication Date": "2025-06-30",
        "Location Region": "London",
        "Location Local Authority": "Barking and Dagenham",
        "Location Street Address": f"{n} Example Road",
        "Location City": "Dagenham",
        "Location Postal Code": "RM10 7AA",
        "Provider ID": "1-200000001",
        "Provider Name": "Example Care Ltd",
        "Provider Nominated Individual Name": CANARY,
        "Provider Main Partner Name": CANARY,
        "Service type - Domiciliary care service": "Y",
        "Service user band - Older People - living alone": "Y",
        **said,
    }


def table(header: list[str], rows: list[dict[str, str]]) -> list[list[str]]:
    return [header, *([row.get(column, "") for column in header] for row in rows)]


def as_csv(cells: list[list[str]], *, ending: str = "\r\n") -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator=ending).writerows(cells)
    return text.getvalue().encode()


def directory(*rows: dict[str, str], header: list[str] | None = None, preamble: list[str] | None = None) -> bytes:
    """The monthly directory with its preamble, which carries the commas of 15 columns."""
    before = [[line, *[""] * 14] for line in (PREAMBLE if preamble is None else preamble)]
    return as_csv(before + table(header or DIRECTORY, list(rows)))


def ratings(*rows: dict[str, str]) -> bytes:
    return as_csv(table(RATINGS, list(rows)))


def search_export(*rows: dict[str, str]) -> bytes:
    return as_csv(table(SEARCH, list(rows)), ending="\n")


def filters(*rows: dict[str, str]) -> list[list[str]]:
    return table(FILTERS, list(rows))


def xlsx(**sheets: list[list[str]]) -> bytes:
    book = xlsxwriter.Workbook(file := io.BytesIO())
    for name, cells in sheets.items():
        sheet = book.add_worksheet(name)
        for line, row in enumerate(cells):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(line, column, cell)
    book.close()
    return file.getvalue()


NAMES = "urn:oasis:names:tc:opendocument:xmlns"
ODS = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="{NAMES}:office:1.0" xmlns:table="{NAMES}:table:1.0"
 xmlns:text="{NAMES}:text:1.0"><office:body><office:spreadsheet>{{}}</office:spreadsheet></office:body>
</office:document-content>"""
REST = '<table:table-cell table:number-columns-repeated="16000"/>'


def ods(**sheets: list[list[str]]) -> bytes:
    """With empty cells and rows repeated to the end of the sheet, as office programs write it."""
    return ods_of(ODS.format("".join(_sheet(name, cells) for name, cells in sheets.items())))


def ods_of(content: str) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return file.getvalue()


def _sheet(name: str, cells: list[list[str]]) -> str:
    rows = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}{REST}</table:table-row>" for row in cells)
    end = f'<table:table-row table:number-rows-repeated="1040000">{REST}</table:table-row>'
    return f'<table:table table:name="{name}">{rows}{end}</table:table>'


def ods_cell(text: str) -> str:
    value = f"<text:p>{escape(text).replace('  ', ' <text:s/>')}</text:p>" if text else ""
    return f'<table:table-cell office:value-type="string">{value}</table:table-cell>' if text else "<table:table-cell/>"


def imported(folder: Path, content: bytes, *options: str, name: str = "made-up.csv") -> str:
    """What the command prints on being given this file with `--apply`."""
    return run(folder, content, "--apply", *options, name=name)


def run(folder: Path, content: bytes, *options: str, name: str = "made-up.csv") -> str:
    (folder / name).write_bytes(content)
    out = StringIO()
    call_command("import_cqc", str(folder / name), *options, stdout=out, stderr=StringIO())
    return out.getvalue()
