"""No process of the portal outlives the one that started it, however that one ended."""

import ctypes
import os
import signal
import sys
import threading
import time

PARENT = "PORTAL_PARENT_PID"
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(parent: int, *, how: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to end this process when its parent ends; elsewhere than on Linux, look every second.

    The parent's id must be known from before the fork: asked for afterwards, it may already be somebody else's.
    """
    if _libc:
        _libc.prctl(_PR_SET_PDEATHSIG, how)
        if os.getppid() != parent:  # it ended before we asked
            os.kill(os.getpid(), how)
    else:
        threading.Thread(target=_watch, args=(parent, how), daemon=True).start()


def end_with_supervisor() -> None:
    """Called by each program the supervisor starts, where the kernel cannot be asked beforehand."""
    if not _libc and os.environ.get(PARENT) == str(os.getppid()):
        end_with_parent(os.getppid())


def before_exec(parent: int) -> None:
    """For Popen's preexec_fn: what the kernel is told here holds for the program started next."""
    if _libc:
        end_with_parent(parent)


def _watch(parent: int, how: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), how)
