"""The dashboards: every chart of charts.toml with its table, for all bodies or for one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import NotFound, Response

from pipeline.datasette.charts import ChartSpec, chart_specs, drawn
from pipeline.datasette.kept import Answer, Kept
from pipeline.datasette.metadata import DATABASE, queries

BODIES = "SELECT body AS name, count(*) AS count FROM current_row WHERE body IS NOT NULL GROUP BY body ORDER BY count DESC, body"
"""Every body with assignments, the one with most first."""

_ALL_OR_ONE = "(:organ = '' OR organ = :organ)"
_PATIENCE = 1.0  # seconds a body's charts are waited for the first time; few take that long
_TABLE = 60  # rows of a chart's table that its page shows; the whole is a link away


async def dashboards(datasette: Any, request: Any) -> Response:
    """``/-/diagram?organ=…``: all charts."""
    return await _page(datasette, request, tuple(chart_specs()))


async def dashboard(datasette: Any, request: Any) -> Response:
    """``/-/diagram/NAME?organ=…``: one chart."""
    name = request.url_vars["chart"]
    if name not in chart_specs():
        raise NotFound("Det finns inget sådant diagram")
    return await _page(datasette, request, (name,))


async def _page(datasette: Any, request: Any, names: tuple[str, ...]) -> Response:
    await datasette.ensure_permissions(request.actor, [("view-database", DATABASE), "view-instance"])
    body = (request.args.get("organ") or "").strip()[:300]
    kept: Kept = datasette.uppdrag_kept
    specs = [chart_specs()[name] for name in names]
    bodies, *answers = await asyncio.gather(kept.ask(BODIES), *(_answer(kept, spec, body) for spec in specs))
    charts = [
        {"name": name, "spec": spec, "answer": answer, "chart": None if answer is None else drawn(spec, answer.rows)}
        for name, spec, answer in zip(names, specs, answers, strict=True)
    ]
    context = {
        "charts": charts,
        "one": len(names) == 1,
        "body": body,
        "bodies": bodies.rows if bodies is not None else (),
        "query_string": urlencode({"organ": body}),
        "shown": _TABLE,
        "specs": chart_specs(),
    }
    return Response.html(await datasette.render_template("diagram.html", context, request=request))


async def _answer(kept: Kept, spec: ChartSpec, body: str) -> Answer | None:
    """The chart's rows for one body, or for all. Where a row is a body its row is in the answer for all, which is there already."""
    if not body:
        return await kept.ask(*_question(spec.query, ""))
    if spec.rows == "organ":
        known, _ = await kept.known(*_question(spec.query, ""))
        whole = known and await kept.ask(*_question(spec.query, ""))
        if whole is not None:
            return replace(whole, rows=tuple(row for row in whole.rows if row["organ"] == body))
    return await kept.ask(*_question(spec.query, body), patience=_PATIENCE)


def _question(query: str, body: str) -> tuple[str, dict[str, str]]:
    """A saved query for one body, or for all.

    NOTE: as saved it takes both, and SQLite then reads every row for one body too: of a million assignments 400 ms of processor time.
    """
    return queries()[query]["sql"].replace(_ALL_OR_ONE, "organ = :organ" if body else "1"), {"organ": body}


def warm(kept: Kept) -> None:
    """Has every chart counted before anybody asks."""
    kept.warm(BODIES)
    for spec in chart_specs().values():
        kept.warm(*_question(spec.query, ""))
