"""The section of the review room where links are confirmed, cut and made: a Datasette plugin beside :mod:`pipeline.review.web`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from datasette.utils.asgi import NotFound, Response

from pipeline.datasette.metadata import DATABASE
from pipeline.review import link_ledger
from pipeline.review.access import Section, reader, writer
from pipeline.review.link_ledger import LinkDecided
from pipeline.review.links import ACTIONS, SHOWN, candidates, count, decided, next_after, pair, side, waiting
from pipeline.review.web import hook
from pipeline.review.web.answers import Refused, answer_page, first, guarded, posted, quiet, redirect, whole_number

SECTION = Section("/-/granska/lankar", "Länkar", count)

_ADDRESS = re.compile(r"[0-9a-f]{16}")
_STATUS = {"decided": "beslutat", "proposed": "föreslaget", "cited": "återgivet"}


async def links(datasette: Any, request: Any) -> Response:
    """``/-/granska/lankar``: doubtful links, the surest first, and the latest decisions with a way to undo them."""
    who = reader(datasette, request)
    skip = min(whole_number(request.args.get("hoppa")), 1_000_000)
    rows, total, latest = await datasette.get_database(DATABASE).execute_fn(lambda c: (waiting(c, skip=skip), count(c), decided(c)))
    context = {
        "who": who,
        "rows": rows[:SHOWN],
        "more": skip + SHOWN if len(rows) > SHOWN else None,
        "skip": skip,
        "total": total,
        "latest": latest,
        "done": whole_number(request.args.get("gjort")) or None,
        "action_names": ACTIONS,
        "status_names": _STATUS,
    }
    return await answer_page(datasette, request, "granska_lankar.html", context)


async def link(datasette: Any, request: Any) -> Response:
    """``/-/granska/lank/RECORD/OTHER``: two records side by side with what ties them; POST decides and goes on to the next."""
    record, other = request.url_vars["record"], request.url_vars["other"]
    if request.method == "POST":
        who = writer(datasette, request)
        typed = await posted(request)
        acts: dict[str, Callable[..., LinkDecided]] = {
            "bekrafta": link_ledger.confirm,
            "kapa": link_ledger.cut,
            "lanka": link_ledger.make,
        }
        act = acts.get(first(typed, "beslut"))
        if act is None:
            return await _refusal(datasette, request, "Okänt beslut.", 400)
        database = datasette.get_database(DATABASE)
        following = await database.execute_fn(lambda c: next_after(c, record, other))
        why = first(typed, "skal")[:2000]
        done = await database.execute_write_fn(quiet(lambda c: act(c, who.name, record, other, why=why)))
        if isinstance(done, Refused):
            return await _refusal(datasette, request, str(done.args[0]), 400)
        goal = f"/-/granska/lank/{following[0]}/{following[1]}" if following is not None else "/-/granska/lankar"
        return redirect(f"{goal}?gjort={done.id}")
    who = reader(datasette, request)

    def read(connection: Any) -> tuple[Any, Any, Any]:
        return pair(connection, record, other), next_after(connection, record, other), next_after(connection, record, other, back=True)

    found, following, before = await datasette.get_database(DATABASE).execute_fn(read)
    if found is None:
        raise NotFound("Det finns ingen sådan länk: dokumentet kan ha lästs om.")
    done = whole_number(request.args.get("gjort"))
    context = {
        "who": who,
        "link": found,
        "following": following,
        "before": before,
        "done": done or None,
        "action_names": ACTIONS,
        "status_names": _STATUS,
    }
    return await answer_page(datasette, request, "granska_lank.html", context)


async def by_hand(datasette: Any, request: Any) -> Response:
    """``/-/granska/lanka/RECORD``: records that this one may be one with, by words, or by the number of another record."""
    who = reader(datasette, request)
    record, words = request.url_vars["record"], (request.args.get("ord") or "").strip()[:200]
    named = _ADDRESS.search(words)

    def read(connection: Any) -> tuple[Any, list[dict[str, Any]]]:
        own = side(connection, record)
        if named is not None:
            other = side(connection, named.group())
            return own, [other] if other is not None and named.group() != record else []
        return own, candidates(connection, record, words)

    own, found = await datasette.get_database(DATABASE).execute_fn(read)
    if own is None:
        raise NotFound("Det finns ingen sådan post.")
    context = {"who": who, "own": own, "found": found, "words": words, "status_names": _STATUS}
    return await answer_page(datasette, request, "granska_lanka.html", context)


async def undo(datasette: Any, request: Any) -> Response:
    """``/-/granska/lankar/angra/N``: takes a decision on a link back."""
    who = writer(datasette, request)
    if request.method != "POST":
        return redirect("/-/granska/lankar")
    number = int(request.url_vars["number"])
    done = await datasette.get_database(DATABASE).execute_write_fn(quiet(lambda c: link_ledger.undo(c, who.name, number)))
    if isinstance(done, Refused):
        return await _refusal(datasette, request, str(done.args[0]), 409)
    return redirect(f"/-/granska/lank/{done.record}/{done.other}")


async def _refusal(datasette: Any, request: Any, message: str, status: int) -> Response:
    context = {"status": status, "message": message, "back": "/-/granska/lankar"}
    return await answer_page(datasette, request, "granska_nekat.html", context, status=status)


ROUTES: list[tuple[str, Callable[[Any, Any], Any]]] = [
    (r"^/-/granska/lankar$", links),
    (r"^/-/granska/lankar/angra/(?P<number>\d{1,12})$", undo),
    (r"^/-/granska/lank/(?P<record>[0-9a-f]{16})/(?P<other>[0-9a-f]{16})$", link),
    (r"^/-/granska/lanka/(?P<record>[0-9a-f]{16})$", by_hand),
]


@hook
def register_routes() -> list[tuple[str, Any]]:
    return [(path, guarded(view)) for path, view in ROUTES]
