"""A complete production environment, invented. `python -m tests.production check --deploy` runs a command in it."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ENVIRONMENT = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "ENCRYPTION_KEY": "for-tests-only-zyxwvutsrqponmlkjihgfedcba-9876543210-JIHGFEDCBA",
    "ALLOWED_HOSTS": "portal.example.org",
    "BASE_URL": "https://portal.example.org",
    "DATABASE_URL": "postgres://portal:invented@127.0.0.1:9/portal",
    "REDIS_URL": "redis://:invented@127.0.0.1:9/0",
    "EMAIL_URL": "smtp+tls://portal:invented@mail.example.org:587",
    "BUSINESS_FORUM_INBOX": "business.forum@example.org",
    "INBOX_DOMAINS": "example.org",
    "TRUSTED_PROXY_COUNT": "1",
    "BIND": "127.0.0.1",
}
PASSED_ON = ("PATH", "HOME", "VIRTUAL_ENV", "LANG", "TMPDIR")


def manage(*command: str, leaving_out: str = "", **changed: str) -> subprocess.CompletedProcess[str]:
    """Run a management command with production settings, some of them changed or missing."""
    with tempfile.TemporaryDirectory() as folder:
        given = {**ENVIRONMENT, "DATA_DIR": folder, **changed}
        given.pop(leaving_out, None)
        inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env={**inherited, **given},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


if __name__ == "__main__":
    done = manage(*sys.argv[1:])
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    sys.exit(done.returncode)
