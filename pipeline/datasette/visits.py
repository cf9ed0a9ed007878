"""What is known of one request while it is answered, for what Datasette asks the database on its own."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

BUDGET = 120.0
"""Milliseconds that the counts and facets of one page may take together while it waits for them."""


@dataclass
class Visit:
    """One request. ``view`` is the view whose rows it asks for, empty for anything else, as a ``page`` or as data; ``left`` are the
    milliseconds its counts may still take; ``unsorted`` is the column its rows could not be put in the order of."""

    view: str = ""
    page: bool = False
    left: float = BUDGET
    unsorted: str = ""


VISIT: ContextVar[Visit | None] = ContextVar("uppdrag_visit", default=None)
"""The request that is being answered; None where there is none."""
