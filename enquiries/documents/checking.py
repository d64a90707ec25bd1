"""One document: how large it is, what it really is, and whether it is safe to hand on."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from enquiries.documents import packed, pdf, pictures, plain, scanning
from enquiries.documents.kinds import IN_WORDS, KINDS
from enquiries.documents.names import ending_of
from enquiries.exceptions import DocumentRefused

HEAD = 8
# What scanners are tried out with (EICAR). In two halves, so that none of them stops at this very file.
HARMLESS_TEST = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def check(file: UploadedFile) -> str:
    """Which of the kinds it is. Raises DocumentRefused, with what to do about it. The largest was looked at first."""
    _refuse_size(file.size or 0)
    kind = _kind(file)
    if ending_of(file.name or "") not in KINDS[kind].endings:
        raise DocumentRefused(f"This is a {KINDS[kind].label} file, but its name says something else. Rename it first.")
    _refuse_test(file)
    scanning.refuse_what_the_scanner_finds(file)
    file.seek(0)
    return kind


def _refuse_size(size: int) -> None:
    if size == 0:
        raise DocumentRefused("The selected file is empty. Choose another one.")
    if size > settings.DOCUMENT_BYTES:
        most = f"{settings.DOCUMENT_BYTES // 1024**2} MB"
        raise DocumentRefused(f"The selected file must be smaller than {most}. Make it smaller or send a part of it.")


def _kind(file: UploadedFile) -> str:
    """By its first bytes, then by all of its content: whatever its name and the browser say."""
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return packed.kind_of(file)
    if head.startswith(b"%PDF-"):
        return pdf.kind_of(file)
    if kind := pictures.kind_of(file, head):
        return kind
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise DocumentRefused(
            "This file has a password or an old format, such as .doc or .xls. "
            "Save it as .docx, .xlsx or PDF without a password."
        )
    if ending_of(file.name or "") in ("txt", "csv"):
        return plain.kind_of(file)
    raise DocumentRefused(f"The selected file must be {IN_WORDS}.")


def _refuse_test(file: UploadedFile) -> None:
    file.seek(0)
    if HARMLESS_TEST in file.read():
        raise DocumentRefused(UNSAFE)


UNSAFE = "The selected file was found to be unsafe. Send us its content in another way."
