"""Expected refusals. Each text is shown to the person who asked, so it says what to do."""


class FileRefused(Exception):
    """A file is not what it should be. Nothing was changed."""
