"""What an enquiry is found by. Officers' notes are not in it."""

from typing import Any

from django.db import models

from careportal.kit.cleaning import fold

SEARCHED = frozenset(
    {
        *("reference", "provider", "organisation", "postcode", "cqc_location_id"),
        *("contact_name", "contact_email", "contact_telephone", "message", "search_text"),
    }
)


class Searchable(models.Model):
    """Keeps `search_text` true to the fields that the queue is searched by, however they are saved."""

    search_text = models.TextField(default="", editable=False, help_text="What the queue is searched by, folded.")

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        if update_fields is None or SEARCHED & set(update_fields):
            self.search_text = searched(self)
            update_fields = update_fields and {*update_fields, "search_text"}
        super().save(*args, update_fields=update_fields, **kwargs)


def searched(enquiry: Any) -> str:
    """The text of an enquiry to search in: a postcode and a telephone number as people may type them, too."""
    provider = enquiry.provider
    changed = enquiry.contact_versions.all() if enquiry.pk else ()
    return fold(
        " ".join(
            [
                *(enquiry.reference, enquiry.organisation, enquiry.postcode, enquiry.postcode.replace(" ", "")),
                *(enquiry.contact_name, enquiry.contact_email),
                *(enquiry.contact_telephone, _at_home(enquiry.contact_telephone)),
                *(f"{one.name} {one.email} {one.telephone} {_at_home(one.telephone)}" for one in changed),
                enquiry.cqc_location_id,
                *((provider.name, provider.cqc_provider_id) if provider else ()),
                enquiry.message,
            ]
        )
    )


def _at_home(telephone: str) -> str:
    return telephone.replace("+44", "0", 1)
