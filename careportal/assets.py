"""The styles and scripts that pages name, as `manage.py build_assets` leaves them."""

from django.contrib.staticfiles.storage import staticfiles_storage


def are_built() -> bool:
    """Pages look every file up in the list that is written last. Without it each of them would be an error."""
    try:
        listed_in = getattr(staticfiles_storage, "manifest_name", "")  # none where files are not hashed, as in tests
    except ValueError:  # it was cut short
        return False
    return not listed_in or staticfiles_storage.exists(listed_in)
