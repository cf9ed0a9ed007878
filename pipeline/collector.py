"""Python's cyclic collector, which looks through everything that lives again and again: where hundreds of thousands of records are kept
and none of them is part of a cycle, that is a quarter of the time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Objects made before it looks: nearly all we make are freed by their count. A tenth of the time of reading a page at Python's 700.
_RARELY = (100_000, 20, 20)


def collect_rarely() -> None:
    """Has the collector look seldom from now on, and never again at what there is now, so that its memory pages stay shared."""
    gc.collect()
    gc.set_threshold(*_RARELY)
    gc.freeze()


@contextmanager
def collected_rarely() -> Iterator[None]:
    """Has the collector look seldom for as long as this lasts."""
    before = gc.get_threshold()
    if before[0]:  # 0: it does not look at all
        gc.set_threshold(*map(max, before, _RARELY))
    try:
        yield
    finally:
        gc.set_threshold(*before)
