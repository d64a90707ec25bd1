"""Delivery reports in the form of RFC 3464, as mail servers write them. Made up."""

from typing import Any

_BOUNCE = """\
From: Mail Delivery System <MAILER-DAEMON@mail.example.org>
To: no-reply@lbbd.gov.uk
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <report-{pk}@mail.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--part
Content-Type: text/rfc822-headers

From: no-reply@lbbd.gov.uk
To: {recipient}
Message-ID: {message_id}
Subject: We have your application

--part--
"""


def bounce(mail: Any) -> bytes:
    """The report that this mail could not be delivered, for good."""
    text = _BOUNCE.format(pk=mail.pk, recipient=mail.recipient, message_id=mail.message_id)
    return text.replace("\n", "\r\n").encode()
