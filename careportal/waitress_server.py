"""The web server of an embedded installation: `python -m careportal.waitress_server`. This machine only."""

import signal
import sys

from django.conf import settings
from waitress import serve

from careportal.web import application, warm

HOST = "127.0.0.1"


def main() -> None:
    """Serve until told to stop; requests under way are finished."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    warm()
    serve(application, host=HOST, port=settings.PORT, threads=8, ident=None)


if __name__ == "__main__":
    main()
