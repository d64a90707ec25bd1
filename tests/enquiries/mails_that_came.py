"""Mail as it comes, with something attached."""

from email.message import EmailMessage

from enquiries.documents.checking import HARMLESS_TEST
from tests.enquiries.papers import pdf

CONTENT = {
    "program": lambda: b"MZ" + b"\x00" * 100,
    "test virus": lambda: HARMLESS_TEST,
    "html": lambda: b"<script>alert(1)</script>",
    "pdf": pdf,
}


def with_attachments(*attached: tuple[str, str], content: str = "pdf") -> bytes:
    """Each is a name and the type that the mail says it has, which may be a lie."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "sender@example.org", "inbox@example.org", "Care sector suport"
    mail.set_content("Please see what is attached.")
    for name, media_type in attached:
        maintype, _, subtype = media_type.partition("/")
        mail.add_attachment(CONTENT[content](), maintype=maintype, subtype=subtype, filename=name)
    return mail.as_bytes()
