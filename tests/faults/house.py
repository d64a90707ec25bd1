"""What all faults of one run share: servers, certificates, built pages, and a database for each to copy."""

import os
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import trustme

from tests import production, services
from tests.faults.portal import QUICK, Portal

INBOX = production.ENVIRONMENT["BUSINESS_FORUM_INBOX"]
CLOCK = {  # 60 seconds stand for an hour
    **QUICK,
    "MAIL_LEASE_SECONDS": "13",  # the least that production takes with MAIL_SECONDS=3
    "MAIL_SWEEP_BUDGET_SECONDS": "10",
    "MAIL_DELAYED_SECONDS": "10",
    "MAILBOX_SECONDS": "2",
}


@dataclass
class House:
    folder: Path
    postgres: services.Server
    imap: services.Server
    maildirs: Path
    authority: trustme.CA

    @property
    def authority_file(self) -> Path:
        return self.folder / "authority.pem"

    def environment(self, **given: str) -> dict[str, str]:
        """Production settings, on nothing but this house's servers."""
        inherited = {name: os.environ[name] for name in production.PASSED_ON if name in os.environ}
        places = {"DATA_DIR": str(self.folder / "data"), "DJANGO_SETTINGS_MODULE": "careportal.settings"}
        trust = {"EMAIL_CA_FILE": str(self.authority_file)}
        return {**inherited, **production.ENVIRONMENT, **CLOCK, **places, **trust, **given}

    def certificate(self, authority: trustme.CA | None = None) -> ssl.SSLContext:
        """For a server on 127.0.0.1, by this house's authority or by another."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (authority or self.authority).issue_cert("127.0.0.1").configure_cert(context)
        return context

    def furnish(self, postgres: services.Server) -> None:
        """Make the database that each fault gets a copy of: all tables, and the council's programmes."""
        run_sql(postgres, "CREATE DATABASE template")
        portal = Portal(self.folder, self.environment(DATABASE_URL=services.url_of(postgres, "template")), 0)
        portal.manage("migrate", "-v0")
        portal.manage("load_pack")

    def build_pages(self) -> None:
        Portal(self.folder, self.environment(), 0).manage("build_assets")


def run_sql(postgres: services.Server, statement: str) -> None:
    connection = psycopg2.connect(services.url_of(postgres))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


@contextmanager
def opened() -> Iterator[House]:
    """A house in a folder of its own; nothing of it is left afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="careportal-faults-")))
        postgres = stack.enter_context(services.postgres_server())
        imap, maildirs = stack.enter_context(services.imap_server())
        house = House(folder, postgres, imap, maildirs, trustme.CA())
        house.authority.cert_pem.write_to_path(house.authority_file)
        house.build_pages()
        house.furnish(postgres)
        yield house


@contextmanager
def tiny_disk(megabytes: int) -> Iterator[Path]:
    """A disk in memory that is soon full. Needs the right to mount."""
    with tempfile.TemporaryDirectory(prefix="careportal-disk-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", folder]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            services.missing("The right to mount a small disk")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
