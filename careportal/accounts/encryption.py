"""Keeps the seeds of second factors unreadable in the database and its backups."""

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def encrypt(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    """Raises InvalidToken when the text was sealed with another key, or by nobody."""
    return _box().decrypt(sealed.encode()).decode()


def _box() -> Fernet:
    """The key is derived for this one purpose, so that ENCRYPTION_KEY can serve others too."""
    digest = hashlib.blake2b(settings.ENCRYPTION_KEY.encode(), digest_size=32, person=b"second factor").digest()
    return Fernet(base64.urlsafe_b64encode(digest))
