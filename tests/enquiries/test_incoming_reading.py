"""What is read out of a mail: its own words, without what mail programs put under them."""

import pytest

from enquiries.mail import phrase
from enquiries.mail.reading import html, quoting, words

OUTLOOK = """\
Yes, on Monday.

________________________________
From: Care sector support <no-reply@lbbd.gov.uk>
Sent: 27 November 2026 10:12
To: manager@example.org
Subject: About your application

When can they come?
"""


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Yes.\n\nOn Fri, 27 Nov 2026 at 10:12, Council\n<no-reply@lbbd.gov.uk> wrote:\n> When?\n> Where?", "Yes."),
        ("Yes.\n\nAm 27.11.2026 schrieb Council:\n> When?", "Yes."),
        (OUTLOOK, "Yes, on Monday."),
        ("Yes.\n\n----- Forwarded message -----\nFrom: Council\nSent: b\nTo: c\n\nWhen?", "Yes."),
        ("Yes.\n\n-----Original Message-----\nFrom: Council\nSent: b\nTo: c\n\nWhen?", "Yes."),
        ("> When?\nOn Monday.\n> Where?\nHere.", "On Monday.\nHere."),
        ("Yes.\n-- \nHome Manager\n020 7946 0000", "Yes."),
        ("> only\n> quoted", "> only\n> quoted"),
        ("From: our home\nwe write to you.", "From: our home\nwe write to you."),
        ("On Monday our manager wrote:\nplease help.", "On Monday our manager wrote:\nplease help."),
        ("", ""),
    ],
)
def test_quotes_and_marked_signatures_are_left_out_and_in_doubt_all_is_kept(text, own):
    assert quoting.own_words(text) == own


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One</p><p>Two &amp; three</p>", "One\n\nTwo & three"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<style>p{}</style><script>alert(1)</script>x<title>y</title>", "x"),
        ("<blockquote>quoted</blockquote>own", "> quoted\nown"),
        ("1 < 2 &lt;b&gt;", "1 < 2 <b>"),
        ("<img src=x onerror=alert(1)>x<!-- hidden -->", "x"),
        ("<svg><text>x</text></svg><base href=//evil.example>y", "y"),
        ("<html><head><meta charset=utf-8><title>t</title><body>its head never ends", "its head never ends"),
        ("a&#10;b", "a b"),
    ],
)
def test_html_becomes_plain_text(source, text):
    """MI8: no tag, script or address in it is left to be followed."""
    assert html.plain(source) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?q?Caf=C3=A9?=", "Café"),
        ("=?utf-8?b?w6k=?= =?utf-8?b?w6k=?=", "éé"),
        ("=?utf-8?b?ww==?= =?utf-8?b?qQ==?=", "é"),
        ("=?iso-8859-1*en?Q?=E9?= x", "é x"),
        ("plain =?broken", "plain =?broken"),
        ("Zo\udcc3\udcab", "Zoë"),
    ],
)
def test_coded_words_are_read(value, text):
    """MI18."""
    assert words.line(value) == text


@pytest.mark.parametrize(
    ("subject", "is_in", "is_nearly"),
    [
        ("care sector support", True, True),
        ("skincare sector supporters", False, False),
        ("care sectorsupport", False, True),
        ("cares ector support", False, True),
        ("Care Sektor Support", False, True),
        ("care support", False, False),
        ("private sector support", False, False),
        ("", False, False),
    ],
)
def test_which_subjects_are_the_words_and_which_are_near(subject, is_in, is_nearly):
    """N1, MI18 and RULES, trap 11."""
    assert (phrase.is_in(subject), phrase.is_nearly_in(subject)) == (is_in, is_nearly)
