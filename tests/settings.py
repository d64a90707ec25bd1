"""The portal's settings with what tests change: quick hashes, unhashed static files."""

from careportal.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
COUNCIL = COUNCIL.model_copy(update={"quiet_days": None})  # noqa: F405  tests run on any day of the month
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
