"""Workbooks of views and queries: datasette-xlsx, whose writing is done by a process of its own.

The library writes its workbook in the event loop, and a large one takes seconds in which nobody else would get a page. Here its rows are
gathered on a thread with a loop of its own, one workbook at a time, and written by another process: beside a workbook of 20,000 rows the
pages of others take as long as without.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from typing import Any

import datasette_xlsx
from datasette import hookimpl
from datasette_xlsx import _Writer

from pipeline.children import end_with_parent


class Gathered:
    """What datasette-xlsx puts its rows into, instead of the workbook itself."""

    def __init__(self, columns: Iterable[str], sheet_title: str, max_rows: int) -> None:
        self._made_of = (list(columns), sheet_title, max_rows)
        self._most = max_rows
        self._rows: list[tuple[Any, ...]] = []
        self._cut = False

    def write(self, row: Iterable[Any]) -> bool:
        """Takes a row. False where there are as many as may be; the workbook says so on its last sheet."""
        if len(self._rows) >= self._most:
            self._cut = True
            return False
        self._rows.append(tuple(row))
        return True

    def finish(self, info: dict[str, Any]) -> bytes:
        """The workbook. Raises concurrent.futures.BrokenExecutor where the process that writes it ended."""
        try:
            return _process().submit(written, self._made_of, self._rows, self._cut, info).result()
        except BrokenProcessPool:
            _process.cache_clear()
            raise


def written(made_of: tuple[list[str], str, int], rows: Sequence[tuple[Any, ...]], cut: bool, info: dict[str, Any]) -> bytes:
    """The bytes of a workbook: columns, title and most rows, the rows, whether there were more. Runs in the writing process."""
    writer = _Writer(*made_of)
    for row in rows:
        writer.write(row)
    writer.hit_limit = cut
    return bytes(writer.finish(info))


@cache
def _gathering() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "uppdrag-workbook")


@cache
def _process() -> ProcessPoolExecutor:
    # Spawned, not forked: the server has threads. Recycled, so that the memory of a large workbook is given back.
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=end_with_parent, max_tasks_per_child=20)


async def render(
    datasette: Any,
    request: Any,
    database: str,
    table: str | None,
    sql: str | None,
    query_name: str | None,
    columns: list[str],
    rows: list[Any],
    view_name: str,
    data: dict[str, Any],
) -> dict[str, Any]:
    """The answer to a view, query or row asked for as ``.xlsx``: what datasette-xlsx makes of it."""

    def gather() -> dict[str, Any]:
        made = datasette_xlsx.render_xlsx(datasette, request, database, table, sql, query_name, columns, rows, view_name, data)
        return asyncio.run(made)

    return await asyncio.get_running_loop().run_in_executor(_gathering(), gather)


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]  # of two renderers of one extension Datasette takes the last
def register_output_renderer() -> dict[str, Any]:
    # NOTE: the library makes its writer by this name and has no other way to be given one; a test sees that it still does.
    datasette_xlsx._Writer = Gathered
    return {"extension": "xlsx", "render": render, "can_render": datasette_xlsx.can_render}


def close() -> None:
    """Ends the writing process, if there is one."""
    if _process.cache_info().currsize:
        _process().shutdown(wait=False, cancel_futures=True)
        _process.cache_clear()
