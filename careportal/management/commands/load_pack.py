from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from careportal.kit.packfile import PackError
from programmes import services


class Command(BaseCommand):
    help = "Add the council pack's partners and programmes to the database. What is there already stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = services.load_listings(settings.COUNCIL.folder / "programmes.yaml")
        except PackError as error:
            raise CommandError(f"The council pack is refused. Nothing was changed.\n{error}") from error
        self.stdout.write(
            f"{settings.COUNCIL.name}: {len(loaded.partners)} partners and {len(loaded.programmes)} programmes added."
        )
