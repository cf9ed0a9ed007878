"""The dashboards: every chart of charts.toml with its table, for all bodies or for one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import NotFound, Response

from pipeline.datasette.charts import chart_specs, drawn
from pipeline.datasette.kept import Kept
from pipeline.datasette.metadata import DATABASE, queries

BODIES = "SELECT body AS name, count(*) AS count FROM current_row WHERE body IS NOT NULL GROUP BY body ORDER BY count DESC, body"
"""Every body with assignments, the one with most first."""

_ALL_OR_ONE = "(:organ = '' OR organ = :organ)"
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
    bodies = await kept.ask(BODIES)
    charts = []
    for name in names:
        spec = chart_specs()[name]
        answer = await kept.ask(*_question(spec.query, body))
        charts.append({"name": name, "spec": spec, "answer": answer, "chart": None if answer is None else drawn(spec, answer.rows)})
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
