"""Many at one moment."""

import threading

from django.db import close_old_connections, connection

from careportal.kit.refusals import Refused


def at_once(*work):
    """Run each in a thread of its own, all at one moment; what was refused comes back as its exception."""
    ready, results = threading.Barrier(len(work)), []

    def run(one):
        ready.wait()
        try:
            results.append(one())
        except Refused as refusal:
            results.append(refusal)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
