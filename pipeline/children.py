"""Processes that work for another one, and end when it does."""

from __future__ import annotations

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """Ends this process as soon as the one that started it is gone, however that ended: the initializer of a pool of spawned processes.

    Does nothing in a process that :mod:`multiprocessing` did not start.

    >>> ProcessPoolExecutor(1, get_context("spawn"), initializer=end_with_parent)  # doctest: +SKIP
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        # NOTE: not Linux's PR_SET_PDEATHSIG, which acts when the *thread* that started the process ends. This waits for a pipe that the
        # system closes with the parent, after SIGKILL too; a pool's process left alone would wait for its next task for ever.
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, name="uppdrag-parent", daemon=True).start()
