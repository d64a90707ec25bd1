import datetime as dt

from django.core.mail import EmailMessage


class Lasting(EmailMessage):
    """A mail that is still of use after the ten minutes of a sign-in code, or (None) not longer than one."""

    good_until: dt.datetime | None = None
