"""Ask the web server of this container whether it answers, by the name it is known by outside."""

import http.client
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Fail unless the web server on this machine answers its live check."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=5)
        try:
            connection.request("GET", "/health/live", headers={"Host": settings.ALLOWED_HOSTS[0]})
            status = connection.getresponse().status
        except OSError as error:
            raise CommandError(f"The web server does not answer: {type(error).__name__}") from error
        if status != 200:
            raise CommandError(f"The web server answered {status}.")
