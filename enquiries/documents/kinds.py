"""Which documents a provider may add. What is not listed here is refused."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document: what people call it, the endings it may have, the first of which it gets, and its type."""

    label: str
    endings: tuple[str, ...]
    media_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"

KINDS = {
    "pdf": DocumentKind("PDF", ("pdf",), "application/pdf"),
    "docx": DocumentKind("Word", ("docx",), f"{_OFFICE}.wordprocessingml.document"),
    "xlsx": DocumentKind("Excel", ("xlsx",), f"{_OFFICE}.spreadsheetml.sheet"),
    "odt": DocumentKind("OpenDocument text", ("odt",), f"{_OPEN}.text"),
    "ods": DocumentKind("OpenDocument spreadsheet", ("ods",), f"{_OPEN}.spreadsheet"),
    "jpeg": DocumentKind("JPEG photo", ("jpg", "jpeg"), "image/jpeg"),
    "png": DocumentKind("PNG picture", ("png",), "image/png"),
    "txt": DocumentKind("Text", ("txt",), "text/plain; charset=utf-8"),
    "csv": DocumentKind("CSV table", ("csv",), "text/csv; charset=utf-8"),
}
ACCEPT = ",".join(f".{ending}" for kind in KINDS.values() for ending in kind.endings)
IN_WORDS = (
    "a PDF, a Word (.docx), Excel (.xlsx) or OpenDocument (.odt, .ods) file, "
    "a JPEG or PNG picture, or a text or CSV file"
)
