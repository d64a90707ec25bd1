"""Mails that are broken, by chance or on purpose. Each is about what we ask for, so that it must not be lost."""

import base64

from tests.enquiries.incoming import PHRASE, written

HEAD = f"From: manager@example.org\r\nTo: businessforum@lbbd.gov.uk\r\nSubject: {PHRASE}\r\n"


def mail(lines="", text="Training, please.", head=HEAD):
    return (head + lines + "\r\n" + text).encode("latin-1")


def typed(kind, text="Training, please.", more=""):
    return mail(f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n{more}", text)


def parts(*inner, end="--b--\r\n", kind="mixed"):
    return typed(f"multipart/{kind}; boundary=b", "".join(f"--b\r\n{one}\r\n" for one in inner) + end)


PLAIN = "Content-Type: text/plain\r\n\r\nTraining, please.\r\n"
TNEF = 'Content-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n\r\neJ8+IgE='
CALENDAR = "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"

BROKEN = {
    "unknown character set": typed("text/plain; charset=klingon", "Tr\xe9ning"),
    "character set that runs": typed("text/plain; charset=unicode_escape", "\\x00\\ud800"),
    "character set that never ends": typed("text/plain; charset=punycode", "a-" + "z" * 5000),
    "wrong character set": typed("text/plain; charset=utf-8", "Tr\xe9ning \xff\xfe"),
    "no such character set": typed("text/plain; charset=undefined"),
    "two bytes a letter": typed("text/plain; charset=utf-16", "odd"),
    "bad base64": typed("text/plain", "!!!not base64", "Content-Transfer-Encoding: base64\r\n"),
    "bad quoted-printable": typed("text/plain", "=ZZ =", "Content-Transfer-Encoding: quoted-printable\r\n"),
    "unknown coding": typed("text/plain", "x", "Content-Transfer-Encoding: x-mine\r\n"),
    "uuencode without an end": typed("text/plain", "begin 644 x\r\nM9&]", "Content-Transfer-Encoding: x-uuencode\r\n"),
    "bad date": mail("Date: the day before yesterday, 99:99\r\n"),
    "two dates": mail("Date: Mon, 1 Jan 2024 10:00:00 +0000\r\nDate: x\r\n"),
    "no sender": mail(head=f"Subject: {PHRASE}\r\n"),
    "empty sender": mail(head=f"From:\r\nSubject: {PHRASE}\r\n"),
    "two senders": mail("From: other@example.org\r\n"),
    "two senders in one line": mail(head=f"From: a@example.org, b@example.org\r\nSubject: {PHRASE}\r\n"),
    "sender of another one": mail(head=f'From: "a@example.org, x" <b@example.org>\r\nSubject: {PHRASE}\r\n'),
    "sender without a domain": mail(head=f"From: manager\r\nSubject: {PHRASE}\r\n"),
    "sender with a line break": mail(head=f"From: a@example.org\r\n \r\n Bcc: b@example.org\r\nSubject: {PHRASE}\r\n"),
    "8 bits in the head": mail("X-Note: \xe9\xff\r\n", head=HEAD.replace("From: ", "From: \xc9lise ")),
    "8 bits in the subject": mail(head=f"From: a@example.org\r\nSubject: {PHRASE} \xe9\xff\r\n"),
    "two subjects": mail("Subject: another\r\n"),
    "line feeds alone": mail().replace(b"\r\n", b"\n"),
    "carriage returns alone": mail().replace(b"\r\n", b"\r"),
    "NUL everywhere": mail("X-Nul: \0\r\n", "Train\0ing\0", HEAD.replace(PHRASE, f"{PHRASE}\0")),
    "bad coded word": mail(head=f"From: =?utf-8?b?!!?= <a@example.org>\r\nSubject: {PHRASE} =?x?y?z?=\r\n"),
    "half of a surrogate pair": typed("text/plain; charset=utf-7", "+2AA-"),
    "no type": typed(""),
    "nonsense type": typed(";;;=/"),
    "parts without a boundary": typed("multipart/mixed"),
    "empty boundary": typed('multipart/mixed; boundary=""', "--\r\n\r\nx"),
    "boundary that never comes": typed("multipart/mixed; boundary=b"),
    "cut in the middle": parts(PLAIN, end="")[:-9],
    "cut in the head": mail()[:80],
    "no parts": parts(end="--b--"),
    "TNEF alone": parts(TNEF),
    "winmail.dat beside the text": parts(PLAIN, TNEF),
    "a mail in a mail": parts(PLAIN, f"Content-Type: message/rfc822\r\n\r\n{HEAD}\r\nInside"),
    "an empty mail in a mail": parts(PLAIN, "Content-Type: message/rfc822\r\n\r\n"),
    "signed": parts(PLAIN, "Content-Type: application/pkcs7-signature\r\n\r\nMIAG", kind="signed"),
    "encrypted": typed("application/pkcs7-mime; smime-type=enveloped-data", base64.b64encode(b"0" * 99).decode()),
    "a meeting": parts(PLAIN, CALENDAR, kind="alternative"),
    "a meeting alone": typed("text/calendar", "BEGIN:VCALENDAR"),
    "a report that is none": typed("multipart/report; boundary=b", "--b\r\n\r\nx", "Return-Path: <a@example.org>\r\n"),
    "file name of many lines": parts(PLAIN, 'Content-Disposition: attachment; filename="a\r\n\tb.txt"\r\n\r\nx'),
    "file name with a bad character set": parts(
        PLAIN, "Content-Disposition: attachment; filename*=undefined''a%ff.txt\r\n\r\nx"
    ),
    "a character set that is said twice": typed("text/plain; charset*=a; charset*0=b"),
    "a boundary that is said twice": typed("multipart/mixed; boundary*=b; boundary*0=b", f"--b\r\n{PLAIN}--b--"),
    "a file name that is said twice": parts(
        PLAIN, "Content-Disposition: attachment; filename*=a; filename*0=b\r\n\r\nx"
    ),
    "file name that climbs": parts(PLAIN, 'Content-Disposition: attachment; filename="../../a\0.txt"\r\n\r\nx'),
    "HTML without an end": typed("text/html", "<p>Training<!-- <script><style><a href="),
    "HTML of signs": typed("text/html", "a < b && c > d &#xD800; &#0; &#99999999;"),
    "names that are too long": mail(f"Message-ID: <{'x' * 3000}@example.org>\r\nReferences: {'<a@b> ' * 900}\r\n"),
}


def many(count, line):
    return "".join(line.format(number) for number in range(count))


def deep(levels):
    return "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(levels))


HUGE = {
    "25 MB": lambda: mail(text="word " * 5_000_000),
    "2,000 levels": lambda: (HEAD + deep(2000) + PLAIN).encode(),
    "30 levels": lambda: (HEAD + deep(30) + PLAIN).encode(),
    "100,000 lines in the head": lambda: mail(many(100_000, "X-Line-{}: value\r\n")),
    "20,000 recipients": lambda: mail("Cc: " + many(20_000, "p{}@example.org,\r\n ") + "x@example.org\r\n"),
    "3,000 recipients": lambda: mail("Cc: " + many(3000, "p{}@a.org, ") + "x@example.org\r\n"),
    "20,000 coded words": lambda: mail("X-Words: " + "=?utf-8?b?eA==?= " * 20_000 + "\r\n"),
    "a storm of brackets": lambda: mail("Sender: " + "(" * 60_000 + "\r\n"),
    "brackets in the sender": lambda: mail(head=f"From: {'(' * 50_000}\r\nSubject: {PHRASE}\r\n"),
    "quotes in the sender": lambda: mail(head="From: " + '"' * 50_000 + f"<a@example.org>\r\nSubject: {PHRASE}\r\n"),
    "parameters without end": lambda: typed("text/plain" + ';"' * 300_000),
    "parameters of a part": lambda: parts("Content-Type: text/plain" + ';a="' * 500_000 + "\r\n\r\nx"),
    "one line of 9 MB": lambda: mail(text="x" * 9_000_000),
    "9 MB of empty lines": lambda: mail(text="\n" * 9_000_000),
    "5,000 parts": lambda: parts(*[PLAIN] * 5000),
    "a report of 100,000 paragraphs": lambda: typed("message/delivery-status", "a: b\n\n" * 100_000),
    "dashes above a head in the text": lambda: mail(text="-" * 79_000 + "x\nFrom: abc\nSent: b\nTo: c\n"),
    "heads of colleagues in the text": lambda: mail(text="From: a@lbbd.gov.uk\nSent: b\nTo: c\n" * 2500),
    "parameters of 190 parts": lambda: parts(*['Content-Type: text/plain; x="' + "; " * 3900 + '"\r\n\r\nx'] * 190),
    "many pages of HTML signs": lambda: parts(*["Content-Type: text/html\r\n\r\n" + "<" * 390_000] * 20),
    "HTML comments": lambda: typed("text/html", "<!--" * 2_000_000),
    "HTML signs": lambda: typed("text/html", "<" * 9_000_000),
    "HTML scripts": lambda: typed("text/html", "<script>" * 1_000_000),
    "quotes in quotes": lambda: mail(text=("> " * 50 + "\n") * 80_000),
    "heads in the text": lambda: mail(text="From: a\nSent: b\n" * 80_000),
    "a long name of a file": lambda: written(files=[("x" * 100_000 + ".pdf", b"x")]),
}
