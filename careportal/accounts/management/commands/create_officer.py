"""Makes the first account of a real installation, or another one when nobody can reach the officers' site."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from careportal.accounts import services
from careportal.accounts.exceptions import AccountRefusal
from careportal.accounts.roles import Role


class Command(BaseCommand):
    help = "Make an account for a member of the council's staff."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="their work email address; codes to sign in go there")
        parser.add_argument("--name", default="")
        parser.add_argument("--role", default=Role.ADMINISTRATOR.value, choices=[role for role in Role.values if role])

    def handle(self, *args: Any, email: str, name: str, role: str, **options: Any) -> None:
        try:
            user = services.create_officer(email=email, name=name, role=role)
        except AccountRefusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"Made an account for {user.email}: {Role(role).label}.")
        self.stdout.write(f"Next: open {settings.BASE_URL}/account/login/ and enter this address.")
        self.stdout.write("A code comes by email; after it you set up a second factor, such as an app on a phone.")
