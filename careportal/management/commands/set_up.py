from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from careportal.worlds import demo


class Command(BaseCommand):
    help = "Bring the database up to date, load the council pack, and in embedded mode make the demo world once."

    def handle(self, *args: Any, **options: Any) -> None:
        self._step("Bringing the database up to date")
        call_command("migrate", verbosity=0, interactive=False)
        self._step("Loading the council pack")
        call_command("load_pack", stdout=self.stdout)
        if settings.EMBEDDED:
            self._step("Making the demo world, on the first start only")
            demo.make()
            self._tell()

    def _step(self, text: str) -> None:
        self.stdout.write(f"{text} ...")
        self.stdout.flush()

    def _tell(self) -> None:
        """Where it is, who may sign in, where things lie."""
        width = max(len(one.email) for one in demo.accounts())
        lines = [f"  {one.email:<{width}}  {one.role:<14} {one.password}" for one in demo.accounts()]
        self.stdout.write(
            "\n".join(
                [
                    "",
                    f"{settings.COUNCIL.name}: {settings.COUNCIL.service_name}",
                    f"  Portal            {settings.BASE_URL}/",
                    f"  Officers          {settings.BASE_URL}/admin/",
                    f"  Data, mail, keys  {settings.DATA_DIR}",
                    "",
                    "Demo accounts (address, role, password):",
                    *lines,
                    "",
                    "Codes for signing in, while the portal runs:",
                    "  .venv/bin/python manage.py codes officer@example.org",
                    "",
                    where_mail_goes(mail_host()),
                    "",
                ]
            )
        )


def mail_host() -> str | None:
    return urlsplit(settings.NOTIFY_BASE_URL).hostname if settings.NOTIFY_API_KEY else settings.SMTP_HOST


def where_mail_goes(host: str | None) -> str:
    if host:
        where = f"Mail is handed to the mail server at {host} (EMAIL_URL or NOTIFY_BASE_URL)."
        return f"{where} Where it goes from there, that one decides."
    return "No mail leaves this computer. Officers read it under Mail."
