"""What tests of correspondence share: pressing through a preview, and reading what was written."""

import email
import email.policy
import re
from html import unescape

from enquiries import letters
from enquiries.models import OutgoingMail


def send(browser, address, typed, **options):
    """Fill in the form, read the letter, press the button that sends it."""
    page = browser.post(address, typed)
    return browser.post(address, {**hidden(page), **options.pop("changed", {})}, **options)


def hidden(page):
    """What the page would send along unseen, the way a browser does."""
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.content.decode())
    pairs = ((re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in inputs)
    return {name[1]: unescape(value[1]) for name, value in pairs if name and value and name[1] != "csrfmiddlewaretoken"}


def previewed(page):
    """The letter that the page shows, or nothing."""
    found = re.search(r'aria-label="The letter">(.*?)</pre>', page.content.decode(), re.DOTALL)
    return unescape(found[1]) if found else ""


def to_provider():
    """The letters to providers, newest last."""
    return list(OutgoingMail.objects.filter(kind="message").order_by("pk"))


def read(mail):
    """The mail as an e-mail program would show it."""
    return email.message_from_bytes(letters.build(mail), policy=email.policy.default)


def written_to(address: str) -> list[OutgoingMail]:
    """Letters to this address that carry their own text, in order."""
    return list(OutgoingMail.objects.filter(recipient=address).exclude(text="").order_by("pk"))


def page_in(text: str) -> str:
    """The path of the one page that a letter leads to, besides where its application is followed."""
    (address,) = set(re.findall(r"https?://[^/\s]+(/\S+)", text)) - {"/follow/"}
    return address
