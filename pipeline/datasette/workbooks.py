"""Workbooks of views and queries: datasette-xlsx, on a thread of its own.

The library writes its workbook in the event loop, and a large one takes seconds: meanwhile nobody else would get a page. Here it runs with
a loop of its own beside the server's, one workbook at a time, so that the memory of many is never held at once.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import datasette_xlsx
from datasette import hookimpl


@cache
def _writing() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "uppdrag-workbook")


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

    def write() -> dict[str, Any]:
        return asyncio.run(datasette_xlsx.render_xlsx(datasette, request, database, table, sql, query_name, columns, rows, view_name, data))

    return await asyncio.get_running_loop().run_in_executor(_writing(), write)


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]  # of two renderers of one extension Datasette takes the last
def register_output_renderer() -> dict[str, Any]:
    return {"extension": "xlsx", "render": render, "can_render": datasette_xlsx.can_render}
