"""Log entries cannot be forged and quote nobody."""

import io
import logging

import pytest

from careportal import logs


@pytest.fixture
def log():
    """A logger set up as in the settings; `log.written()` is what reached the file."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    handler.addFilter(logs.OneLine())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.written = stream.getvalue
    return logger


@pytest.mark.parametrize("hostile", ["\n", "\r", "\x1b[2J", "\x85", "\u2028", "\u202e", "\0", "\ud800", "\x9b31m"])
def test_line_breaks_and_terminal_escapes_become_visible(log, hostile):
    """(FI25)"""
    log.warning("refused path=%s", f"/a{hostile}WARNING forged entry")

    (line,) = log.written().splitlines()
    assert hostile not in line
    assert hostile.encode("unicode_escape").decode() in line


@pytest.mark.parametrize(
    "path", ["/answers/12/s3cret-Proof/", "/offers/7/s3cret-Proof/?x=1", "/outcomes/7/s3cret-Proof/x"]
)
def test_the_proof_at_the_end_of_an_address_out_of_a_letter_is_not_written(log, path):
    """Whoever has it may answer for the provider."""
    log.warning("Forbidden (%s): %s", "CSRF", path)

    assert "s3cret-Proof" not in log.written()
    assert path.split("s3cret")[0] in log.written()


def test_ordinary_text_stays_as_it_is(log):
    log.warning("looked at %s", "café, naïve, 中文")

    assert log.written() == "WARNING test looked at café, naïve, 中文\n"


def test_an_exception_shows_its_kind_and_place_but_not_its_text(log):
    """(PR20)"""
    name, entry = f"Mrs {'Can' + 'ary'}", "\n".join(["typed by somebody", "WARNING forged entry"])
    try:
        try:
            raise KeyError(name)
        except KeyError as error:
            raise ValueError(entry) from error
    except ValueError:
        log.exception("the task failed")

    written = log.written()
    assert name not in written
    assert "typed by somebody\n" not in written
    assert "test_logs.py" in written
    assert written.index("KeyError") < written.index("ValueError")
    assert not any(line.startswith("WARNING forged") for line in written.splitlines())


def test_an_exception_given_as_an_argument_is_shown_by_its_kind(log):
    """Celery does so. (PR20)"""
    try:
        int("canary")
    except ValueError as error:
        log.error("Task %(name)s raised %(exc)s", {"name": "send", "exc": repr(error)}, exc_info=True)

    assert log.written().startswith("ERROR test Task send raised ValueError\n")


def test_texts_are_shown_to_a_developer_who_asks(log):
    log.handlers[0].filters[0].exception_texts = True
    text = "invented " + "data"
    try:
        raise ValueError(text)
    except ValueError:
        log.exception("failed")

    assert "ValueError: invented data" in log.written()


def test_entries_of_a_request_begin_with_its_id(log):
    token = logs.request_id.set("ABCD2345")
    log.warning("something")
    logs.request_id.reset(token)
    log.warning("something else")

    assert log.written() == "WARNING test [ABCD2345] something\nWARNING test something else\n"
