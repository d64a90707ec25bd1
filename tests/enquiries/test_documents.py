"""What a document really is, is found in its content; what could do harm is refused, with what to do about it."""

import zipfile

import pytest

from enquiries import documents
from enquiries.documents import packed as packing
from enquiries.documents import pdf as pdfs
from enquiries.documents.checking import HARMLESS_TEST
from enquiries.exceptions import DocumentRefused
from tests.enquiries.papers import GOOD, ODS, SHEET, file, jpeg, office, opened, packed, part, pdf, png

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"


def refused(name, content, match="."):
    with pytest.raises(DocumentRefused, match=match) as refusal:
        documents.check(file(name, content))
    return str(refusal.value)


@pytest.mark.parametrize("name", GOOD)
def test_documents_of_the_list_are_taken(name):
    kind = documents.check(file(name, GOOD[name]))

    assert name.rpartition(".")[2].lower() in documents.KINDS[kind].endings


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", png()),
        ("photo.png", jpeg()),
        ("photo.jpg", pdf()),
        ("plan.docx", office(SHEET)),
        ("plan.odt", office()),
        ("plan.txt", pdf()),
        ("plan.pdf", HTML),
        ("photo.png", SVG),
        ("plan.csv", HTML),
        ("plan.txt", SVG),
        ("plan.txt", b"MZ\x90\x00\x03"),
        ("plan.pdf", b"\x7fELF\x02\x01\x01" + bytes(60)),
        ("plan.docx", b"PK\x03\x04 and nothing more"),
        ("plan.pdf", b""),
        ("plan.txt", b""),
        ("plan.txt", b"a\x00b"),
        ("plan.txt", b"a\x81b\x8db"),
        ("plan.rtf", b"{\\rtf1 }"),
        ("plan.txt", b"{\\rtf1 }"),
        ("plan.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("plan.zip", packed({"plan.pdf": pdf()})),
        ("photo.svg", SVG),
        ("page.html", HTML),
        ("plan", pdf()),
        ("plan.pdf.exe", pdf()),
        ("photo.png", png()[:-12]),
        ("plan.pdf", pdf(end=b"")),
    ],
)
def test_what_is_not_what_it_says_or_not_on_the_list_is_refused(name, content):
    """Wrong content for the ending, double endings, SVG, 0 bytes, halves of files (FI17)."""
    refused(name, content)


@pytest.mark.parametrize("part_name", ["word/vbaProject.bin", "xl/macrosheets/sheet1.xml", "word/activeX/a.bin"])
def test_documents_with_macros_are_refused(part_name):
    """FI17."""
    refused("plan.docx", office(**{part_name: "x"}), match="macros")
    refused("plan.ods", opened(ODS, **{"Basic/a.xml": "x"}), match="macros")


def test_a_document_that_says_that_it_has_macros_is_refused():
    main = "application/vnd.ms-word.document.macroEnabled.main+xml"

    refused("plan.docx", office(main), match="macros")


def test_a_template_from_elsewhere_is_refused():
    relation = '<Relationship Type="…/attachedTemplate" Target="https://example.org/x.dotm" TargetMode="External"/>'

    refused("plan.docx", office(**{"word/_rels/settings.xml.rels": relation}), match="template")


def test_documents_with_a_password_are_refused():
    locked = bytearray(office())
    for start in (locked.find(b"PK\x03\x04") + 6, locked.find(b"PK\x01\x02") + 8):
        locked[start] |= 1

    refused("plan.docx", bytes(locked), match="password")
    refused("plan.odt", opened(**{"META-INF/manifest.xml": "<manifest:encryption-data/>"}), match="password")
    refused("plan.pdf", pdf(b"trailer << /Encrypt 5 0 R >>"), match="password")


def test_an_archive_bomb_is_refused_by_what_it_says(monkeypatch):
    """FI17."""
    monkeypatch.setattr(packing, "MOST_UNPACKED", 50_000)

    refused("plan.docx", office(**{"big.xml": bytes(60_000)}), match="too large when it is unpacked")


def test_an_archive_bomb_that_lies_about_its_size_is_refused_by_what_comes_out(monkeypatch):
    """FI17. It says ten bytes, and it is read to the bound, not to its end."""
    monkeypatch.setattr(packing, "MOST_UNPACKED", 50_000)
    content = office(**{"big.xml": bytes(10_000_000)})
    said = (10_000_000).to_bytes(4, "little")
    assert content.count(said) == 2

    refused("plan.docx", content.replace(said, (10).to_bytes(4, "little")), match="too large when it is unpacked")


def test_too_many_parts_are_refused(monkeypatch):
    monkeypatch.setattr(packing, "MOST_PARTS", 5)

    refused("plan.docx", office(**{f"{number}.xml": "x" for number in range(6)}), match="too large")


def test_parts_packed_in_ways_no_office_program_uses_are_refused():
    parts = {"[Content_Types].xml": "wordprocessingml.document.main+xml"}

    refused("plan.docx", packed(parts, zipfile.ZIP_LZMA), match="damaged")


@pytest.mark.parametrize(
    "body",
    [
        b"3 0 obj " + SCRIPT + b" endobj",
        b"3 0 obj " + SCRIPT.replace(b"Java", b"J#61va") + b" endobj",
        b"3 0 obj << /S /Launch /F (cmd.exe) >> endobj",
        part(SCRIPT, b"/Type /ObjStm /Filter /FlateDecode"),
        part(SCRIPT.replace(b"Java", b"J#61va"), b"/Filter/FlateDecode/Type/ObjStm"),
        part(bytes(3_000_000) + SCRIPT),
        part(SCRIPT, b"/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]", pack=lambda said: said.hex().encode()),
        part(SCRIPT, b"/Type /ObjStm /Filter 9 0 R"),
        part(b"x", b"/Type /EmbeddedFile"),
    ],
)
def test_pdfs_that_run_something_or_carry_files_are_refused(body):
    """FI17: also where it is packed or its letters are written as codes."""
    refused("plan.pdf", pdf(body), match="scripts or other files")


def test_a_pdf_that_is_very_large_unpacked_is_refused(monkeypatch):
    """FI17."""
    monkeypatch.setattr(pdfs, "MOST_UNPACKED", 1_000_000)

    refused("plan.pdf", pdf(part(bytes(20_000_000))), match="too large when it is unpacked")


def test_pictures_inside_a_pdf_are_no_trouble():
    assert documents.check(file("plan.pdf", pdf(part(jpeg(), b"/Filter /DCTDecode", pack=bytes)))) == "pdf"


@pytest.mark.parametrize(
    "build",
    [
        lambda test: ("plan.txt", test),
        lambda test: ("plan.pdf", pdf(test)),
        lambda test: ("plan.docx", office(**{"x.bin": test})),
    ],
)
def test_what_scanners_are_tried_out_with_is_refused(build):
    """EICAR (FI17)."""
    halves = (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-", b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")
    assert b"".join(halves) == HARMLESS_TEST

    refused(*build(HARMLESS_TEST))


@pytest.mark.parametrize("cell", ["=1+1", " =cmd|' /C calc'!A0", "@SUM(1)", "+cmd|' /C calc'!A0", "-2+3+cmd|'x'!A0"])
def test_tables_of_text_with_formulas_are_refused(cell):
    refused("plan.csv", f'name\n"{cell}"\n'.encode(), match="formulas")


def test_a_document_must_not_be_larger_than_the_setting(settings):
    settings.DOCUMENT_BYTES = 1024**2

    assert "smaller than 1 MB" in refused("plan.txt", b"a" * (1024**2 + 1))
    assert documents.check(file("plan.txt", b"a" * 1024**2)) == "txt"


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("plan.pdf", "plan.pdf"),
        ("Our plan (2026), final.PDF", "Our plan (2026), final.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\fakepath\\plan.pdf", "plan.pdf"),
        ("plan\u202efdp.exe.pdf", "planfdp-exe.pdf"),
        ("plan.exe.pdf", "plan-exe.pdf"),
        ("a\x00b\r\nc.pdf", "a-b c.pdf"),
        ('"><script>.pdf', "script.pdf"),
        ("\ud800.pdf", "document.pdf"),
        (".pdf", "document.pdf"),
        ("💚.pdf", "document.pdf"),
        ("Zoë’s plan.pdf", "Zoë-s plan.pdf"),
        ("x" * 300 + ".pdf", "x" * 76 + ".pdf"),
    ],
)
def test_names_are_cleaned(name, cleaned):
    """Path parts, NUL, line breaks, reversed text, double endings, 300 characters (FI17)."""
    assert documents.cleaned_name(name, "pdf") == cleaned


def test_the_councils_scanner_decides_where_there_is_one(settings, tmp_path):
    """A stand-in: it finds something in what says bad, and fails on what says broken."""
    scanner = tmp_path / "scanner"
    scanner.write_text("#!/bin/sh\ngrep -q broken - && exit 2\nexit 0\n")
    scanner.chmod(0o700)

    settings.DOCUMENT_SCANNER = "grep -qv bad"  # answers 1 where every line has it
    assert documents.check(file("plan.txt", b"good\n")) == "txt"
    refused("plan.txt", b"bad\n", match="unsafe")

    settings.DOCUMENT_SCANNER = str(scanner)
    refused("plan.txt", b"broken\n", match="cannot check files for viruses at the moment")
    settings.DOCUMENT_SCANNER = str(tmp_path / "missing")
    refused("plan.txt", b"good\n", match="cannot check files for viruses at the moment")
