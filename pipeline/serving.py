"""Datasette over the database, as analysts meet it: Swedish, with time limits, without outside requests.

The database is opened mutable, since reviewers write beside analysts; nothing here writes. A published copy is opened immutable and
without the review.
"""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import Any

from pipeline.store import Store

SETTINGS = {
    "allow_download": False,
    "allow_signed_tokens": False,
    "suggest_facets": False,
    "sql_time_limit_ms": 3000,
    "facet_time_limit_ms": 1000,
    "default_page_size": 50,
    "max_returned_rows": 2000,
    "max_csv_mb": 200,
    "num_sql_threads": 3,
    "default_cache_ttl": 0,
    "truncate_cells_html": 400,
    "default_facet_size": 15,
}

PUBLISHED_TTL = 3600
"""Seconds a browser or a proxy may keep a page of a published copy, which never changes."""


class AddressError(Exception):
    """The server cannot listen where it was told to; one sentence for a person."""


def application(db: Path, *, cache: Path | None = None, private: bool = False) -> Any:
    """The Datasette instance over a database, ready for ``.app()`` or ``.client``. Raises StoreError where the database is not ours.

    A database of an older version is brought up to date first. ``cache`` is the folder of the reading cache; ``private`` shows nothing
    to whoever has not signed in. A database that may not be written is shown without the review.
    """
    from datasette.app import Datasette
    from datasette.plugins import pm

    from pipeline.datasette import plugin, workbooks
    from pipeline.datasette.counting import CountedDatabase
    from pipeline.datasette.kept import Kept
    from pipeline.datasette.metadata import DATABASE, metadata
    from pipeline.publish.served import PublishedCopy
    from pipeline.review import link_pages, web
    from pipeline.review.access import Room
    from pipeline.review.accounts import Accounts

    published = PublishedCopy.of(db)
    frozen = db.exists() and not db.stat().st_mode & 0o222
    if frozen:
        Store.open(db, create=False, read_only=True).close()
    else:
        Store.open(db, create=False).close()
    for ours, name in ((plugin, "pages"), (workbooks, "workbooks"), (web, "review"), (link_pages, "links")):
        if not pm.is_registered(ours):
            pm.register(ours, f"uppdrag-{name}")
    # Datasette runs every handler of exceptions, and its own prints all local variables; ours answers instead.
    if pm.get_plugin("datasette.handle_exception") is not None:
        pm.unregister(name="datasette.handle_exception")
    here = Path(plugin.__file__).parent
    instance = Datasette(
        [],
        metadata=metadata(),
        settings=dict(SETTINGS) | ({"default_cache_ttl": PUBLISHED_TTL} if published else {}),
        template_dir=str(here / "templates"),
        static_mounts=[("uppdrag-static", str(here / "static")), ("granska-static", str(Path(web.__file__).parent / "static"))],
    )
    if published is not None:
        instance.uppdrag_published = published
    if not frozen:
        instance.uppdrag_review = Room(Accounts(db), cache, private, [link_pages.SECTION])
    instance.uppdrag_kept = Kept(db, lambda connection: instance._prepare_connection(connection, DATABASE))
    instance.remove_database("_memory")
    counted = CountedDatabase(instance, instance.uppdrag_kept, path=str(db), is_mutable=published is None)
    instance.add_database(counted, name=DATABASE)
    return instance


def serve(
    db: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    open_browser: bool = False,
    cache: Path | None = None,
    private: bool | None = None,
) -> None:
    """Serves the database until interrupted; port 0 takes any free one. The address is printed once it answers, with a link that signs
    in once. ``private``: only those who sign in see anything; without a word, wherever other machines can reach the server.

    Raises StoreError where the database cannot be used and AddressError where the port is taken.
    """
    import uvicorn

    from pipeline.datasette import counting, dashboards, overview, plugin, workbooks
    from pipeline.datasette.metadata import DATABASE, schema

    local = host in ("127.0.0.1", "::1", "localhost")
    instance = application(db, cache=cache, private=not local if private is None else private)
    listener = _listener(host, port)
    bound = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '') else shown}:{bound}/"  # noqa: S104 - only compared with
    config = uvicorn.Config(instance.app(), log_level="warning", lifespan="on", interface="asgi3", timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)

    def announce() -> None:
        plugin._pictures().warm_up()
        sys.stdout.write(f"Serving {db} at {address} (Ctrl+C ends it)\n")
        room = getattr(instance, "uppdrag_review", None)
        sign_in = f"{address}-/logga-in?nyckel={room.one_time_key()}" if room is not None else address
        if room is not None:
            sys.stdout.write(f"Review, signed in (the link works once): {sign_in}\n")
        sys.stdout.flush()
        if open_browser:
            webbrowser.open(sign_in)

    kept = instance.uppdrag_kept
    overview.warm(kept)
    dashboards.warm(kept)
    counting.warm(kept, instance.metadata("tables", database=DATABASE, fallback=False), schema(), SETTINGS["default_facet_size"])
    started = threading.Thread(target=_when_started, args=(server, announce), daemon=True)
    started.start()
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        plugin._pictures().close()
        workbooks.close()
        kept.close()
        listener.close()


def _when_started(server: Any, act: Any) -> None:
    import time

    while not server.started and not server.should_exit:
        time.sleep(0.05)
    if server.started:
        act()


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # NOTE: the protocol said aloud, or asyncio does not turn off Nagle's algorithm and every answer waits 40 ms for the browser's ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise AddressError(
            f"Cannot serve at {host}:{port} ({error}): another program may be using it; choose another with --port."
        ) from error
    return listener
