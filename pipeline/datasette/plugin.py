"""Our Datasette plugin: pages, pictures, search, links in cells, key figures, and the headers of every answer.

Registered by :mod:`pipeline.serving`; it acts on the database called ``uppdrag`` alone.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from datasette import hookimpl
from datasette.utils.asgi import Base400, NotFound, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

from pipeline.datasette.charts import chart_specs
from pipeline.datasette.dashboards import dashboard, dashboards
from pipeline.datasette.images import NoPictureError, Pictures
from pipeline.datasette.metadata import DATABASE, queries, schema
from pipeline.datasette.overview import figures
from pipeline.datasette.pages import Places, kronor, number
from pipeline.datasette.searching import filters, search
from pipeline.datasette.timeline import timeline
from pipeline.datasette.visits import VISIT, Visit
from pipeline.publish.served import PublishedCopy

WIDTHS = {"1": 700, "2": 1100, "3": 1700}
"""Picture sizes one may ask for, in pixels across: a closed list, so that nobody can ask for a gigapixel."""

HEADERS = {
    b"content-security-policy": b"default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self';"
    b" form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"x-robots-tag": b"noindex, nofollow",
}
"""No script or style of ours stands in a page, so none from a document can run even if an escape were forgotten."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


def hook(function: _Function) -> _Function:
    """Datasette's mark for a hook, which carries no types of its own."""
    hookimpl(function)
    return function


_LINK = re.compile(r"/-/(?:sida/[0-9a-f]{64}/\d+(?:\?[a-z_]+=[0-9a-f]+)?|(?:uppdrag|trad)/[0-9a-f]{16})")
_ADDRESS = re.compile(r"[0-9a-f]{16}")
_MONEY = frozenset({"belopp_mnkr", "summa_mnkr", "minst_mnkr", "storst_mnkr", "belopp_kr"})
_TOO_LONG = "Lägg till ett filter, sök efter ord i stället för att filtrera på en del av en text, eller ordna efter en annan kolumn."
_log = logging.getLogger(__name__)
_HELD = {"pictures": Pictures()}


def _pictures() -> Pictures:
    return _HELD["pictures"]


async def page(datasette: Any, request: Any) -> Response:
    """``/-/sida/SHA256/N?uppdrag=…``: the printed page, what was asked for marked on it, the text beside it."""
    digest, at = request.url_vars["document"], int(request.url_vars["page"])
    asked = {key: request.args[key] for key in request.args}
    return await _render(datasette, request, digest, at, asked)


async def assignment(datasette: Any, request: Any) -> Response:
    """``/-/uppdrag/ID``: an assignment's lasting address."""
    address = request.url_vars["address"]
    place = await Places(datasette.get_database(DATABASE)).whereabouts(address)
    if place is None:
        raise NotFound("Det finns inget uppdrag med det numret")
    return await _render(datasette, request, *place, {"uppdrag": address})


async def _render(datasette: Any, request: Any, digest: str, at: int, asked: dict[str, str]) -> Response:
    await datasette.ensure_permissions(request.actor, [("view-database", DATABASE), "view-instance"])
    view = await Places(datasette.get_database(DATABASE)).view(digest, at, asked)
    if view is None:
        raise NotFound("Det finns ingen sådan sida")
    size = asked.get("storlek", "2")
    kept = "&".join(f"{key}={quote(value)}" for key, value in asked.items() if key != "storlek")
    context: dict[str, Any] = {"view": view, "size": size if size in WIDTHS else "2", "sizes": WIDTHS, "kept": kept}
    context["published"] = getattr(datasette, "uppdrag_published", None) is not None
    return Response.html(await datasette.render_template("sida.html", context, request=request))


async def picture(datasette: Any, request: Any) -> Response:
    """``/-/sidbild/SHA256/N.png?storlek=1``: the page as a picture, of known documents only."""
    paths = await _paths(datasette, request)
    copy: PublishedCopy | None = getattr(datasette, "uppdrag_published", None)
    if copy is not None:  # its pictures are drawn already, without what is private
        kept = copy.picture(request.url_vars["document"], int(request.url_vars["page"]))
        if kept is None:
            return Response.text("Sidan finns inte som bild i den här kopian. Texten står bredvid.", status=404)
        return Response(kept, 200, {"cache-control": "private, max-age=86400, immutable"}, "image/png")
    width = WIDTHS.get(request.args.get("storlek", "2"), WIDTHS["2"])
    try:
        drawn = await _pictures().page(paths, request.url_vars["document"], int(request.url_vars["page"]), width)
    except NoPictureError as error:
        return Response.text(str(error), status=404)
    # The name is the content's, so the picture never changes; "private", since what may be seen depends on who asks.
    return Response(drawn, 200, {"cache-control": "private, max-age=86400, immutable"}, "image/png")


async def original(datasette: Any, request: Any) -> Response:
    """``/-/original/SHA256.pdf``: the file as it was read. A published copy has none."""
    if getattr(datasette, "uppdrag_published", None) is not None:
        return Response.text("Originalen ingår inte i en publicerad kopia.", status=404)
    paths = await _paths(datasette, request)
    try:
        path = _pictures().original(paths, request.url_vars["document"])
    except NoPictureError as error:
        return Response.text(str(error), status=404)
    plain = unicodedata.normalize("NFKD", path.name).encode("ascii", "ignore").decode().replace('"', "")
    named = f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(path.name, safe='')}"
    return Response(path.read_bytes(), 200, {"content-disposition": named, "cache-control": "private, max-age=3600"}, "application/pdf")


async def _paths(datasette: Any, request: Any) -> list[str]:
    await datasette.ensure_permissions(request.actor, [("view-database", DATABASE), "view-instance"])
    found = await Places(datasette.get_database(DATABASE)).document(request.url_vars["document"])
    if found is None:
        raise NotFound("Det finns inget sådant dokument")
    return list(found["paths"])


async def front(datasette: Any, request: Any) -> Response:
    """``/``: the front page. Datasette's own first looks into every table and its keys: 300 ms of processor time for nothing we show."""
    await datasette.ensure_permissions(request.actor, [("view-database", DATABASE), "view-instance"])
    return Response.html(await datasette.render_template("index.html", {}, request=request))


async def dictionary(datasette: Any, request: Any) -> Response:
    """``/-/ordlista``: every view and column with its meaning."""
    await datasette.ensure_permissions(request.actor, [("view-database", DATABASE), "view-instance"])
    return Response.html(await datasette.render_template("ordlista.html", {"tables": _tables(datasette)}, request=request))


@hook
def register_routes() -> list[tuple[str, Any]]:
    digest = r"(?P<document>[0-9a-f]{64})"
    return [
        (rf"^/-/sida/{digest}/(?P<page>\d{{1,6}})$", page),
        (rf"^/-/sidbild/{digest}/(?P<page>\d{{1,6}})\.png$", picture),
        (rf"^/-/original/{digest}\.pdf$", original),
        (r"^/-/uppdrag/(?P<address>[0-9a-f]{16})$", assignment),
        (r"^/-/sok$", search),
        (r"^/$", front),
        (r"^/-/ordlista$", dictionary),
        (r"^/-/trad/(?P<thread>[0-9a-f]{16})$", timeline),
        (r"^/-/diagram$", dashboards),
        (r"^/-/diagram/(?P<chart>[a-z_]+)$", dashboard),
    ]


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]  # after Datasette's own, which would say that the view cannot be searched
def filters_from_request(request: Any, database: str, table: str, datasette: Any) -> Any:
    """Search in a view; and a note of which view is asked for, as a page or as data."""
    visit = VISIT.get()
    if visit is not None and database == DATABASE:
        visit.view, visit.page = table, re.search(r"\.\w+$", request.path) is None
    return (lambda: filters(datasette, request, table)) if database == DATABASE else None


@hook
def render_cell(row: Any, value: Any, column: str, table: str | None, database: str | None, datasette: Any) -> Markup | None:
    """Links to pages and to assignments; numbers as Swedish prints them. The data itself stays as it is."""
    if database != DATABASE or value is None:
        return None
    if isinstance(value, str):
        if column == "lank" and _LINK.fullmatch(value):
            return Markup('<a href="{}">Visa sidan</a>').format(datasette.urls.path(value))
        if column == "uppdrag_id" and _ADDRESS.fullmatch(value):
            return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/-/uppdrag/{value}"), value)
        if column == "trad_id" and _ADDRESS.fullmatch(value):
            return Markup('<a href="{}">Tidslinje</a>').format(datasette.urls.path(f"/-/trad/{value}"))
        if column == "dokument_id":
            return Markup('<abbr title="{}">{}</abbr>').format(value, value[:8])
        if column == "uppgift":
            short = value if len(value) <= 400 else value[:400].rsplit(" ", 1)[0] + " …"
            for key, place in (("uppdrag_id", "uppdrag"), ("trad_id", "trad")):
                if _ADDRESS.fullmatch(str(_of(row, key))):
                    return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/-/{place}/{_of(row, key)}"), short)
        return None
    if column == "sida" and _LINK.fullmatch(str(_of(row, "lank"))):
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(_of(row, "lank")), value)
    if column in _MONEY and isinstance(value, (int, float)):
        decimals = (
            2 if column == "belopp_kr" and value != int(value) else 0 if column == "belopp_kr" else 3 if round(value, 1) != value else 1
        )
        return Markup('<span class="tal">{}</span>').format(number(value, decimals))
    if isinstance(value, int) and abs(value) >= 10_000:
        return Markup('<span class="tal">{}</span>').format(number(value))
    return None


def _of(row: Any, column: str) -> Any:
    """Another column of the same row, or None where a query left it out."""
    return row[column] if column in row.keys() else None  # noqa: SIM118 - a Row of SQLite is not its keys


@hook
def extra_template_vars(template: str, datasette: Any) -> Any:
    """Key figures for the front page; Swedish number formats, and what the tables mean, for every page."""

    async def variables() -> dict[str, Any]:
        kept: dict[str, Any] = {"number": number, "kronor": kronor, "uppdrag_database": DATABASE}
        if template == "table.html":
            kept["unsorted"] = visit.unsorted if (visit := VISIT.get()) is not None else ""
        if template in ("index.html", "database.html"):
            kept |= {"tables_described": _tables(datasette), "saved_queries": queries()}
        if template == "index.html" and DATABASE in datasette.databases:
            kept |= {"figures": await figures(datasette.uppdrag_kept), "charts": chart_specs()}
        return kept

    return variables


def _tables(datasette: Any) -> list[dict[str, Any]]:
    known = (datasette.metadata("tables", database=DATABASE, fallback=False) or {}).items()
    return [{"name": name, **about} for name, about in known if name in schema() and not about.get("hidden")]


@hook
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """A Swedish page, or JSON for a program. Datasette's own answer would first print every local variable to the console."""

    async def answer() -> Response:
        heading = ""
        if isinstance(exception, DatasetteError) and exception.title == "SQL Interrupted":
            status, message, heading = exception.status, _TOO_LONG, "Det tog för lång tid och avbröts"
        elif isinstance(exception, DatasetteError):
            status, message = exception.status, "" if exception.message_is_html else str(exception.message)
        elif isinstance(exception, Base400):
            status, message = exception.status, str(exception.args[0]) if exception.args else ""
        else:
            status, message = 500, "Felet är antecknat i programmets logg."
            _log.error("cannot answer %s", request.path, exc_info=exception)
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": message, "status": status}, status=status)
        page = datasette.jinja_env.get_template("error.html")
        context = {"status": status, "heading": heading, "error": message, "urls": datasette.urls, "menu_links": list, "number": number}
        return Response.html(await page.render_async(context), status=status)

    return answer


@hook
def asgi_wrapper() -> Callable[[Any], Any]:
    """Every answer gets the headers that a page needs to be safe, whoever made it."""

    def wrap(app: Any) -> Any:
        async def wrapped(scope: Any, receive: Any, send: Any) -> None:
            async def sent(event: dict[str, Any]) -> None:
                if event["type"] == "http.response.start":
                    given = {bytes(name).lower() for name, _ in event.get("headers", [])}
                    event = {**event, "headers": [*event.get("headers", []), *([n, v] for n, v in HEADERS.items() if n not in given)]}
                await send(event)

            VISIT.set(Visit() if scope["type"] == "http" else None)
            await app(scope, receive, sent if scope["type"] == "http" else send)

        return wrapped

    return wrap
