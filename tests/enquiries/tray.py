"""The officers' tray of mail that came in, as a browser asks for it."""

import datetime as dt

from django.utils import timezone

TRAY = "/admin/enquiries/incomingmail/"


def ago(**period):
    return timezone.now() - dt.timedelta(**period)


def page_of(mail):
    return f"{TRAY}{mail.pk}/change/"


def shown(browser, **query):
    return browser.get(TRAY, query).context["rows"]


def text_of(answer):
    return " ".join(answer.content.decode().split())


def step(browser, mail, name, mark=None):
    return browser.post(f"{TRAY}{mail.pk}/do/{name}/", {"shown": mark or mail.shown_as}, follow=True)


def add_to(browser, mail, reference, **more):
    return browser.post(f"{TRAY}{mail.pk}/add-to/", {"into": reference, "shown": mail.shown_as, **more}, follow=True)


def state_of(mail):
    mail.refresh_from_db()
    return mail.state


def many(browser, name, *mails, filters="", **more):
    pick = [f"{mail.pk}:{mail.shown_as}" for mail in mails]
    return browser.post(f"{TRAY}many/", {"step": name, "pick": pick, "filters": filters, **more}, follow=True)
