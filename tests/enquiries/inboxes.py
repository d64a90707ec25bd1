"""The inbox that mail arrives in, as a folder on the disk of an IMAP server."""

import mailbox
import os

OWNER = "businessforum@lbbd.gov.uk"


class Arriving:
    """Puts mail into the inbox as a mail server would."""

    def __init__(self, path):
        self.path = path
        self.owner = path.stat()

    def put(self, raw, folder=""):
        place = self.path / folder if folder else self.path
        mailbox.Maildir(place, create=True).add(raw)
        for found, folders, files in os.walk(self.path):
            for name in [".", *folders, *files]:
                os.chown(os.path.join(found, name), self.owner.st_uid, self.owner.st_gid)


def as_it_arrived(mail):
    return f"From: no-reply@lbbd.gov.uk\r\nMessage-ID: {mail.message_id}\r\nSubject: care\r\n\r\nText\r\n".encode()
