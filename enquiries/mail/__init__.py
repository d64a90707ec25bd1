"""The outbox: mail is written down with what it is about, then sent by the worker, exactly once."""
