import pytest

from tests.enquiries import smtp


@pytest.fixture
def mail_server(settings):
    settings.MAIL_SECONDS = 1
    with smtp.running(settings) as server:
        yield server


@pytest.fixture
def maildir(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    return tmp_path / "mail" / "sent"
