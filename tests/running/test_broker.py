"""The broker made of files neither loses a message nor shows half of one, and no damaged file stops the worker."""

import threading
import time
from queue import Empty

import pytest
from celery import Celery
from kombu import Connection

from careportal import broker

MESSAGE = {"body": "e30=", "properties": {}, "headers": {}, "content-type": "application/json"}


@pytest.fixture
def options(tmp_path):
    return {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
        "processed_folder": str(tmp_path / "processed"),
        "polling_interval": 0.01,
    }


@pytest.fixture
def channel(options):
    with Connection("filesystem://localhost", transport=broker.Transport, transport_options=options) as connection:
        yield connection.channel()


def message(number):
    return {**MESSAGE, "headers": {"number": number, "text": "x" * 50_000}}


def all_of(channel, queue="mail"):
    found = []
    try:
        while True:
            found.append(channel._get(queue)["headers"]["number"])
    except Empty:
        return found


def test_messages_come_out_in_the_order_in_which_they_went_in(channel):
    for number in range(30):
        channel._put("mail", message(number))

    assert all_of(channel) == list(range(30))


def test_the_order_is_that_of_the_wall_clock_so_it_holds_over_a_restart(channel, monkeypatch):
    channel._put("mail", message(1))
    monkeypatch.setattr("kombu.transport.filesystem.monotonic", lambda: 0.0)
    channel._put("mail", message(2))

    assert all_of(channel) == [1, 2]


def test_a_reader_beside_writers_sees_every_message_whole(channel):
    """Kombu's own broker lost one in fifty here."""
    writers = [
        threading.Thread(target=lambda first=first: [channel._put("mail", message(first + n)) for n in range(50)])
        for first in (0, 100, 200)
    ]
    for writer in writers:
        writer.start()
    found = []
    give_up_at = time.monotonic() + 20
    while len(found) < 150 and time.monotonic() < give_up_at:
        found += all_of(channel)

    for writer in writers:
        writer.join()
    assert sorted(found) == [*range(50), *range(100, 150), *range(200, 250)]


def test_each_queue_has_its_own_messages(channel):
    channel._put("default", message(1))
    channel._put("mail", message(2))

    assert all_of(channel, "mail") == [2]
    assert channel._size("default") == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"body": "x"}', b"\xff\xfe"])
def test_a_damaged_message_is_put_aside_and_the_next_one_is_read(channel, tmp_path, content, caplog):
    (tmp_path / "queue" / "0_damaged.mail.msg").write_bytes(content)
    channel._put("mail", message(1))

    assert all_of(channel) == [1]
    assert "unreadable_message_put_aside" in caplog.text


def test_a_message_that_is_not_finished_is_in_no_queue(channel, tmp_path):
    (tmp_path / "queue" / ".abc.unfinished").write_bytes(b"{")

    assert all_of(channel) == []
    assert channel._size("mail") == 0


def test_a_damaged_table_of_queues_is_written_anew(channel, tmp_path):
    (tmp_path / "control" / "news.exchange").write_bytes(b"")

    channel._queue_bind("news", "key", "", "mail")

    assert channel.get_table("news") == [("key", "", "mail")]


def test_only_the_owner_may_read_messages(channel, tmp_path):
    channel._put("mail", message(1))

    (written,) = (tmp_path / "queue").glob("*.msg")
    assert written.stat().st_mode & 0o077 == 0
    assert (tmp_path / "queue").stat().st_mode & 0o077 == 0


def test_files_that_nobody_will_read_are_removed_and_fresh_ones_stay(channel, tmp_path):
    channel._put("mail", message(1))
    broker.remove_old_files(tmp_path, older_than_seconds=60)
    assert channel._size("mail") == 1

    broker.remove_old_files(tmp_path, older_than_seconds=-1)
    assert channel._size("mail") == 0


def test_celery_takes_this_broker_from_its_settings_and_a_task_goes_through_it(options):
    app = Celery("test", broker="filesystem://localhost", set_as_current=False)
    app.conf.update(broker_transport="careportal.broker:Transport", broker_transport_options=options)

    @app.task(name="do.it")
    def do_it():
        pass

    do_it.apply_async(queue="mail", ignore_result=True)

    with app.connection() as connection:
        assert isinstance(connection.transport, broker.Transport)
        assert connection.default_channel._get("mail")["headers"]["task"] == "do.it"
