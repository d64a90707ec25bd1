"""gunicorn loads the application once and forks: a process that died is replaced at once, and memory is shared."""

from typing import Any

from careportal.web import warm

preload_app = True


def post_fork(server: Any, worker: Any) -> None:
    """Connections are not shared between processes: each makes its own."""
    warm()
