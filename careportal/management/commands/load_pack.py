from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from careportal.kit.packfile import PackError
from programmes import services


class Command(BaseCommand):
    help = (
        "Add the council pack's programmes, strategy and pages to the database. What is there already stays as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                loaded = services.load_listings(settings.COUNCIL.folder / "programmes.yaml")
                plans = services.load_plans(settings.COUNCIL.folder)
        except PackError as error:
            raise CommandError(f"The council pack is refused. Nothing was changed.\n{error}") from error
        self.stdout.write(
            f"{settings.COUNCIL.name}: {len(loaded.partners)} partners, {len(loaded.programmes)} programmes, "
            f"{len(plans.workstreams)} work streams and {len(plans.pages)} pages added."
        )
