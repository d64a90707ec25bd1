"""Documents for tests, made as small as they can be: good ones, and such as somebody would try to slip in."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def file(name, content):
    return SimpleUploadedFile(name, content)


def packed(parts, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def office(main=WORD, **more):
    return packed({"[Content_Types].xml": f'<Types><Override ContentType="{main}"/></Types>', "x.xml": "<x/>", **more})


def opened(mimetype=ODT, **more):
    return packed({"mimetype": mimetype, "content.xml": "<x/>", **more})


def pdf(body=b"", end=b"\n%%EOF\n"):
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + body + end


def part(content, dictionary=b"/Filter /FlateDecode", pack=zlib.compress):
    return b"2 0 obj\n<< " + dictionary + b" >>\nstream\n" + pack(content) + b"\nendstream\nendobj\n"


def png():
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpeg():
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20) + b"\xff\xd9"


GOOD = {
    "plan.pdf": pdf(),
    "plan.docx": office(),
    "plan.xlsx": office(SHEET),
    "plan.odt": opened(),
    "plan.ods": opened(ODS),
    "photo.jpg": jpeg(),
    "photo.JPEG": jpeg(),
    "photo.png": png(),
    "plan.txt": "Who takes part – all of us.\n".encode(),
    "windows.txt": "Café\r\n".encode("cp1252"),
    "plan.csv": b"name,pounds\r\nA home,-12.50\r\n",
}
