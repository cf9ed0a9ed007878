"""The list of assignments a board gets at its meeting, as a workbook, a table, JSON, a page, a printed page or a calendar.

:mod:`.contents` decides what is on it, a module a format writes it. The same database and day give the same bytes in every format.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.export.annex.contents import Annex, AnnexError, annex

__all__ = ["FORMATS", "Annex", "AnnexError", "annex", "written"]

FORMATS = ("xlsx", "csv", "json", "html", "pdf", "ics")
"""What :func:`written` can write."""


def written(listed: Annex, form: str) -> bytes:
    """The list in one of :data:`FORMATS`. Raises AnnexError where the machine lacks what the format needs."""
    return _writer(form)(listed)


def _writer(form: str) -> Callable[[Annex], bytes]:
    # Each brings a library of its own, which the others need not wait for.
    match form:
        case "xlsx":
            from pipeline.export.annex.workbook import workbook

            return workbook
        case "csv":
            from pipeline.export.annex.table import table

            return table
        case "json":
            from pipeline.export.annex.objects import objects

            return objects
        case "html":
            from pipeline.export.annex.page import page

            return page
        case "pdf":
            from pipeline.export.annex.paper import paper

            return paper
        case "ics":
            from pipeline.export.annex.deadlines import deadlines

            return deadlines
    raise ValueError(f"there is no format {form!r}")
