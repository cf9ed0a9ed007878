"""The pages of the review: our second Datasette plugin, registered by :mod:`pipeline.serving`.

Addresses are under ``/-/granska``; who may do what is asked of :mod:`pipeline.review.access` on the first line of each, and every
decision is written by :mod:`pipeline.review.ledger`.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response

from pipeline.datasette.images import NoPictureError
from pipeline.datasette.metadata import DATABASE
from pipeline.datasette.pages import Places
from pipeline.datasette.plugin import _pictures
from pipeline.review import ledger
from pipeline.review.access import (
    COOKIE,
    LARGEST_BODY,
    administrator,
    reader,
    room,
    session_cookie,
    visitor,
    writer,
)
from pipeline.review.accounts import TooManyAttemptsError, Visitor
from pipeline.review.form import kronor_typed, parse
from pipeline.review.ledger import VERDICTS, CollisionError, Decided, DecisionError
from pipeline.review.page import FIELD_NAMES, ROLE_NAMES, STANDINGS, document_of, labels, latest, place_of, record_page, shown_history
from pipeline.review.queue import SHOWN, STATES, Counts, Filter, counts, in_document, next_after, reviewed, waiting
from pipeline.review.record import Record, standing
from pipeline.review.web.answers import Refused, answer_page, arguments, first, guarded, own_path, posted, quiet, redirect, whole_number

_Function = TypeVar("_Function", bound=Callable[..., Any])
_ROLES = {"reader": "läsare", "reviewer": "granskare", "administrator": "administratör"}
_NAMES_SECONDS = 300.0


def hook(function: _Function) -> _Function:
    """Datasette's mark for a hook, which carries no types of its own."""
    hookimpl(function)
    return function


# ---------------------------------------------------------------------------------------------------------------------- signing in


async def sign_in(datasette: Any, request: Any) -> Response:
    """``/-/logga-in``: with name and password, or once with the key that ``uppdrag serve`` printed."""
    kept = room(datasette)
    goal = own_path(request.args.get("till") or "/-/granska")
    if request.method == "POST":
        typed = await posted(request)
        goal = own_path(first(typed, "till") or "/-/granska")
        address = (request.scope.get("client") or ("", 0))[0]
        name, password = first(typed, "namn"), first(typed, "losen")
        try:
            token = await asyncio.to_thread(kept.accounts.sign_in, name, password, address)
        except TooManyAttemptsError:
            message = "För många försök. Vänta en kvart och försök igen."
            return await answer_page(
                datasette, request, "granska_logga_in.html", {"error": message, "goal": goal, "name": name}, status=429
            )
        if token is None:
            message = "Namnet och lösenordet hör inte ihop."
            return await answer_page(
                datasette, request, "granska_logga_in.html", {"error": message, "goal": goal, "name": name}, status=401
            )
        return redirect(goal, {"set-cookie": session_cookie(request, token)})
    key = request.args.get("nyckel")
    if key:
        if not kept.use_key(key):
            message = "Länken har redan använts. Starta om servern för en ny, eller logga in med namn och lösenord."
            return await answer_page(datasette, request, "granska_logga_in.html", {"error": message, "goal": goal, "name": ""}, status=403)
        token = await asyncio.to_thread(kept.accounts.begin, _local_name(), "administrator")
        return redirect(goal, {"set-cookie": session_cookie(request, token)})
    return await answer_page(datasette, request, "granska_logga_in.html", {"error": None, "goal": goal, "name": ""})


async def sign_out(datasette: Any, request: Any) -> Response:
    """``/-/logga-ut``: ends the session."""
    if request.method != "POST":
        return redirect("/-/granska")
    await asyncio.to_thread(room(datasette).accounts.sign_out, request.cookies.get(COOKIE, ""))
    return redirect("/-/logga-in", {"set-cookie": session_cookie(request, "")})


def _local_name() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "lokal"


# ---------------------------------------------------------------------------------------------------------------------- the queue


async def queue(datasette: Any, request: Any) -> Response:
    """``/-/granska``: what needs a look first, filters, counts, what is left."""
    who = reader(datasette, request)
    asked = Filter.of({key: request.args[key] for key in request.args})
    skip = min(whole_number(request.args.get("hoppa")), 1_000_000)
    database = datasette.get_database(DATABASE)

    def read(connection: Any) -> tuple[list[dict[str, Any]], str | None, dict[str, Any] | None, list[dict[str, Any]]]:
        rows = waiting(connection, asked, skip=skip) if asked.state == "oppna" else reviewed(connection, asked, skip=skip)
        if not asked.document:
            return rows, None, None, []
        mark = connection.execute(
            "SELECT r.done, s.who, s.at FROM review_document AS r JOIN review_change_set AS s ON s.id = r.change_set"
            " WHERE r.document = ? ORDER BY r.id DESC LIMIT 1",
            (asked.document,),
        ).fetchone()
        about, _ = document_of(connection, asked.document)
        whole = in_document(connection, asked.document)
        return rows, about["name"], {"done": bool(mark[0]), "who": mark[1], "at": mark[2]} if mark else None, whole

    rows, document_name, mark, whole = await database.execute_fn(read)
    found = await _counts(datasette)
    room(datasette).closes(who.name)
    opened = room(datasette).opened(who.name)
    shown = [{**row, "opened_by": opened.get(row["address"])} for row in rows[:SHOWN]]
    context = {
        "rows": shown,
        "first": next((row["address"] for row in shown if row["opened_by"] is None), shown[0]["address"] if shown else None),
        "more": skip + SHOWN if len(rows) > SHOWN else None,
        "skip": skip,
        "asked": asked,
        "counts": found,
        "states": STATES,
        "document_name": document_name,
        "document_mark": mark,
        "document_rows": [row for row in whole if row["verdict"] not in ("merged", "withdrawn")],
        "document_open": sum(1 for row in whole if row["verdict"] == "open" and row["counted"]),
        "hours": _hours(found.seconds),
        "who": who,
        "status_names": {"decided": "beslutat", "proposed": "föreslaget", "cited": "återgivet"},
    }
    return await answer_page(datasette, request, "granska_ko.html", {**context, **await _message(datasette, request)})


async def _counts(datasette: Any) -> Counts:
    found = await datasette.get_database(DATABASE).execute_fn(counts)
    assert isinstance(found, Counts)
    return found


async def _names(datasette: Any) -> list[str]:
    """Bodies and roles the database knows, the most named first."""
    kept = room(datasette).kept
    at, found = kept.get("names", (0.0, None))
    if found is None or time.monotonic() - at > _NAMES_SECONDS:

        def read(connection: Any) -> list[str]:
            rows = connection.execute("SELECT name FROM party GROUP BY name ORDER BY count(*) DESC, name LIMIT 400")
            return [row[0] for row in rows]

        found = await datasette.get_database(DATABASE).execute_fn(read)
        kept["names"] = (time.monotonic(), found)
    return list(found)


async def _message(datasette: Any, request: Any) -> dict[str, Any]:
    """What the last decision did, to be said at the top of the next page, with the way to take it back."""
    number = whole_number(request.args.get("klart"))
    if not number:
        return {"last": None}

    def read(connection: Any) -> dict[str, Any] | None:
        return next(iter(latest(connection, only=number)), None)

    entry = await datasette.get_database(DATABASE).execute_fn(read)
    kept = [FIELD_NAMES[name] for name in (request.args.get("kvar") or "").split(",") if name in FIELD_NAMES]
    return {"last": entry, "kept": kept}


# ---------------------------------------------------------------------------------------------------------------------- a record


async def record(datasette: Any, request: Any) -> Response:
    """``/-/granska/post/ID``: the printed page and the record; posted to, a decision."""
    if request.method == "POST":
        return await _decide(datasette, request, writer(datasette, request))
    who = reader(datasette, request)
    return await _record(datasette, request, who)


async def _record(
    datasette: Any,
    request: Any,
    who: Visitor,
    *,
    typed: Record | None = None,
    errors: dict[str, str] | None = None,
    collision: bool = False,
    queue_query: str | None = None,
    why: str = "",
    tasks: str = "",
    status: int = 200,
) -> Response:
    address = request.url_vars["address"]
    asked = Filter.of({key: values[0] for key, values in parse_qs(queue_query).items()} if queue_query is not None else arguments(request))
    wanted = whole_number(request.args.get("sida")) or None
    database, kept = datasette.get_database(DATABASE), room(datasette)
    opened = kept.opened(who.name)
    busy = list(opened)

    def read(connection: Any) -> Any:
        page = record_page(connection, address, wanted, typed)
        if page is None:
            return None
        following, preceding = (next_after(connection, asked, address, back=back, busy=busy) for back in (False, True))
        return page, labels(connection), following, preceding, place_of(connection, following)

    found = await database.execute_fn(read)
    if found is None:
        raise NotFound("Det finns ingen sådan post")
    page, words, following, preceding, ahead = found
    if who.may_write:
        kept.opens(who.name, address)
    context = {
        "opened_by": opened.get(address),
        "ahead": ahead,
        "view": page,
        "r": page.record,
        "words": words,
        "roles": ROLE_NAMES,
        "names": await _names(datasette),
        "verdicts": VERDICTS,
        "standings": STANDINGS,
        "kronor_typed": kronor_typed,
        "asked": asked,
        "following": following,
        "preceding": preceding,
        "errors": errors or {},
        "collision": collision,
        "typed_why": why,
        "typed_tasks": tasks,
        "who": who,
        "sizes": json.dumps(page.sizes),
        "next_page": page.number + 1 if page.number < len(page.sizes) else None,
    }
    return await answer_page(datasette, request, "granska_post.html", {**context, **await _message(datasette, request)}, status=status)


async def _decide(datasette: Any, request: Any, who: Visitor) -> Response:
    address = request.url_vars["address"]
    typed = await posted(request)
    seen, why = first(typed, "sedd"), first(typed, "skal")[:2000]
    action, asked_query = first(typed, "beslut"), first(typed, "ko")
    asked = Filter.of({key: values[0] for key, values in parse_qs(asked_query).items()})
    database = datasette.get_database(DATABASE)
    busy = list(room(datasette).opened(who.name))
    following = await database.execute_fn(lambda connection: next_after(connection, asked, address, busy=busy))
    value: Record | None = None
    if action == "spara":
        now = await database.execute_fn(lambda connection: standing(connection, address))
        if now is None:
            raise NotFound("Det finns ingen sådan post")
        value, errors = parse(typed, now.record)
        if errors:
            return await _record(datasette, request, who, typed=value, errors=errors, queue_query=asked_query, why=why, status=400)
    acts: dict[str, Callable[[Any], Decided]] = {
        "godkann": lambda c: ledger.accept(c, who.name, address, seen, why=why),
        "spara": lambda c: ledger.correct(c, who.name, address, seen, value, why=why),  # type: ignore[arg-type]
        "underkann": lambda c: ledger.reject(c, who.name, address, seen, why=why),
        "dubblett": lambda c: ledger.mark_duplicate(c, who.name, address, seen, first(typed, "av"), why=why),
        "oppna": lambda c: ledger.reopen(c, who.name, address, seen, why=why),
        "dela": lambda c: ledger.split(c, who.name, address, seen, first(typed, "uppgifter").splitlines(), why=why),
        "slaihop": lambda c: ledger.merge(c, who.name, address, seen, typed.get("med", []), why=why),
        "knyt": lambda c: ledger.reattach(c, who.name, address, seen, first(typed, "till"), why=why),
    }
    if action not in acts:
        return await _record(datasette, request, who, errors={"": "Okänt beslut."}, queue_query=asked_query, status=400)
    try:
        decided = await database.execute_write_fn(quiet(acts[action]))
        if isinstance(decided, Refused):
            raise decided.args[0]
    except CollisionError as error:
        again = parse(typed, error.now.record)[0] if action == "spara" else None
        return await _record(
            datasette, request, who, typed=again, collision=True, queue_query=asked_query, why=why,
            tasks=first(typed, "uppgifter"), status=409,
        )  # fmt: skip
    except DecisionError as error:
        return await _record(
            datasette, request, who, errors={"": str(error)}, queue_query=asked_query, why=why, tasks=first(typed, "uppgifter"), status=400
        )
    if following is not None:
        # Theirs from now on, or whoever decides at the same moment is given the same one.
        room(datasette).opens(who.name, following)
    return _onward(asked, following, decided)


def _onward(asked: Filter, following: str | None, decided: Decided) -> Response:
    kept = {"kvar": ",".join(decided.kept)} if decided.kept else {}
    query = asked.query(klart=str(decided.change_set), **kept)
    return redirect(f"/-/granska/post/{following}?{query}" if following else f"/-/granska?{query}")


async def record_history(datasette: Any, request: Any) -> Response:
    """``/-/granska/historik/ID``: every decision on a record: who, when, old and new, why."""
    who = reader(datasette, request)
    address = request.url_vars["address"]

    def read(connection: Any) -> Any:
        return standing(connection, address), shown_history(connection, address)

    now, entries = await datasette.get_database(DATABASE).execute_fn(read)
    if now is None:
        raise NotFound("Det finns ingen sådan post")
    context = {"now": now, "entries": entries, "verdicts": VERDICTS, "standings": STANDINGS, "who": who}
    return await answer_page(datasette, request, "granska_historik.html", context)


async def decisions(datasette: Any, request: Any) -> Response:
    """``/-/granska/beslut``: the latest decisions of everybody, each with its undoing."""
    who = reader(datasette, request)
    skip, name = min(whole_number(request.args.get("hoppa")), 1_000_000), (request.args.get("vem") or "")[:100]
    entries = await datasette.get_database(DATABASE).execute_fn(lambda c: latest(c, who=name, skip=skip))
    more = skip + 50 if len(entries) > 50 else None
    context = {"entries": entries[:50], "more": more, "skip": skip, "name": name, "who": who, "counts": await _counts(datasette)}
    return await answer_page(datasette, request, "granska_beslut.html", {**context, **await _message(datasette, request)})


async def undo(datasette: Any, request: Any) -> Response:
    """``/-/granska/angra/N``: takes a change set back, with a new one."""
    who = writer(datasette, request)
    if request.method != "POST":
        return redirect("/-/granska/beslut")
    typed = await posted(request)
    number, asked = int(request.url_vars["number"]), first(typed, "ko")
    decided = await datasette.get_database(DATABASE).execute_write_fn(quiet(lambda c: ledger.undo(c, who.name, number)))
    if isinstance(decided, Refused):
        context = {"status": 409, "message": str(decided.args[0]), "back": "/-/granska/beslut"}
        return await answer_page(datasette, request, "granska_nekat.html", context, status=409)
    kept = {"kvar": ",".join(decided.kept)} if decided.kept else {}
    query = Filter.of({key: values[0] for key, values in parse_qs(asked).items()}).query(klart=str(decided.change_set), **kept)
    return redirect(f"/-/granska/post/{decided.record}?{query}" if decided.record else f"/-/granska?{query}")


# ---------------------------------------------------------------------------------------------------------------------- documents


async def document(datasette: Any, request: Any) -> Response:
    """``/-/granska/dokument/SHA256``: marks a document as gone through, or opens it again."""
    who = writer(datasette, request)
    sha256 = request.url_vars["document"]
    if request.method != "POST":
        return redirect(f"/-/granska?dokument={sha256}")
    done = first(await posted(request), "klart") == "ja"
    decided = await datasette.get_database(DATABASE).execute_write_fn(quiet(lambda c: ledger.document_done(c, who.name, sha256, done=done)))
    if isinstance(decided, Refused):
        context = {"status": 409, "message": str(decided.args[0]), "back": f"/-/granska?dokument={sha256}"}
        return await answer_page(datasette, request, "granska_nekat.html", context, status=409)
    return redirect(f"/-/granska?dokument={sha256}&klart={decided.change_set}")


async def missed(datasette: Any, request: Any) -> Response:
    """``/-/granska/ny/SHA256/N``: an assignment that was missed, added by marking its lines on the page."""
    who = writer(datasette, request) if request.method == "POST" else reader(datasette, request)
    if not who.may_write:
        writer(datasette, request)
    sha256, number = request.url_vars["document"], int(request.url_vars["page"])
    database = datasette.get_database(DATABASE)
    about, sizes = await database.execute_fn(lambda c: document_of(c, sha256))
    if not 1 <= number <= len(sizes):
        raise NotFound("Det finns ingen sådan sida")
    found = await Places(database).document(sha256)
    message = None
    try:
        lines = await _pictures().lines(list(found["paths"]) if found else [], sha256, number, room(datasette).cache)
    except NoPictureError as error:
        lines, message = [], str(error)
    errors: dict[str, str] = {}
    chosen: list[int] = []
    typed: dict[str, list[str]] = {}
    blank = Record("", "", number)
    value = blank
    if request.method == "POST":
        typed = await posted(request)
        chosen = sorted({int(n) for n in typed.get("rad", []) if n.isdecimal() and int(n) < len(lines)})
        text = " ".join(lines[n][0] for n in chosen) or " ".join(first(typed, "text").split())
        boxes = tuple((float(number), *(round(v, 1) for v in lines[n][1:])) for n in chosen)
        value, errors = parse({"task": [text], **{k: v for k, v in typed.items() if k != "task" or v[0].strip()}}, blank)
        value = replace(value, text=text, boxes=tuple((number, *box[1:]) for box in boxes))
        if not text:
            errors["rad"] = "Markera raderna där uppdraget står, eller skriv av texten."
            errors.pop("task", None)
        if not errors:
            decided = await database.execute_write_fn(
                quiet(lambda c: ledger.add(c, who.name, sha256, value, why=first(typed, "skal")[:2000]))
            )
            if isinstance(decided, Decided):
                return redirect(f"/-/granska/post/{decided.record}?dokument={sha256}&klart={decided.change_set}")
            errors[""] = str(decided.args[0])
    width, height = sizes[number - 1]
    context = {
        "document": about,
        "at": number,
        "pages": len(sizes),
        "width": width,
        "height": height,
        "lines": [
            {"n": n, "text": text, "x": round(100 * x0 / width, 2), "y": round(100 * top / height, 2),
             "width": round(100 * (x1 - x0) / width, 2), "height": round(100 * (bottom - top) / height, 2)}
            for n, (text, x0, top, x1, bottom) in enumerate(lines)
        ],
        "chosen": chosen,
        "r": value,
        "typed": typed,
        "message": message,
        "errors": errors,
        "roles": ROLE_NAMES,
        "words": await database.execute_fn(labels),
        "names": await _names(datasette),
        "kronor_typed": kronor_typed,
        "who": who,
        "last": None,
    }  # fmt: skip
    return await answer_page(datasette, request, "granska_ny.html", context, status=400 if errors else 200)


# ---------------------------------------------------------------------------------------------------------------------- accounts


async def accounts(datasette: Any, request: Any) -> Response:
    """``/-/granska/konton``: for administrators: who has an account, and closing one."""
    who = administrator(datasette, request)
    kept = room(datasette).accounts
    message = None
    if request.method == "POST":
        name = first(await posted(request), "namn")
        if name == who.name:
            message = "Du kan inte stänga ditt eget konto."
        elif await asyncio.to_thread(kept.close, name):
            return redirect("/-/granska/konton")
        else:
            message = "Det finns inget sådant konto."
    context = {"accounts": await asyncio.to_thread(kept.all), "role_names": _ROLES, "message": message, "who": who}
    return await answer_page(datasette, request, "granska_konton.html", context, status=400 if message else 200)


def _hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "under en minut"
    return f"ungefär {minutes} minuter" if minutes < 90 else f"ungefär {round(minutes / 60)} timmar"


_KEPT_FORM = re.compile(r"/-/granska/(?:post|ny)/")
_ADDRESS, _DIGEST = r"(?P<address>[0-9a-f]{16})", r"(?P<document>[0-9a-f]{64})"
ROUTES: list[tuple[str, Callable[[Any, Any], Awaitable[Response]]]] = [
    (r"^/-/logga-in$", sign_in),
    (r"^/-/logga-ut$", sign_out),
    (r"^/-/granska$", queue),
    (rf"^/-/granska/post/{_ADDRESS}$", record),
    (rf"^/-/granska/historik/{_ADDRESS}$", record_history),
    (r"^/-/granska/beslut$", decisions),
    (r"^/-/granska/angra/(?P<number>\d{1,12})$", undo),
    (rf"^/-/granska/dokument/{_DIGEST}$", document),
    (rf"^/-/granska/ny/{_DIGEST}/(?P<page>\d{{1,6}})$", missed),
    (r"^/-/granska/konton$", accounts),
]


@hook
def register_routes() -> list[tuple[str, Any]]:
    return [(path, guarded(view)) for path, view in ROUTES]


@hook
def actor_from_request(datasette: Any, request: Any) -> dict[str, str] | None:
    if not hasattr(datasette, "uppdrag_review"):
        return None
    found = visitor(datasette, request)
    return None if found is None else {"id": found.name, "role": _ROLES[found.role], "name": found.name}


@hook
def menu_links(datasette: Any, actor: Any) -> list[dict[str, str]]:
    if not hasattr(datasette, "uppdrag_review"):
        return []
    if not actor:
        return [{"href": datasette.urls.path("/-/logga-in"), "label": "Logga in"}]
    links = [{"href": "/-/granska", "label": "Granska"}, {"href": "/-/granska/beslut", "label": "Beslut"}]
    if actor.get("role") == _ROLES["administrator"]:
        links.append({"href": "/-/granska/konton", "label": "Konton"})
    return [{**link, "href": datasette.urls.path(link["href"])} for link in links]


@hook
def extra_template_vars(template: str | None, request: Any, datasette: Any) -> dict[str, Any]:
    """Whether who asks may decide (``may_review``), for the ways from analysts' pages into the review room."""
    if template not in ("sida.html", "trad.html") or request is None or not hasattr(datasette, "uppdrag_review"):
        return {}
    found = visitor(datasette, request)
    return {"may_review": found is not None and found.may_write}


@hook
def permission_allowed(datasette: Any, actor: Any, action: str) -> bool | None:
    """On a private server whoever has not signed in sees nothing; nobody gets anything else of Datasette's than reading."""
    if action in ("view-instance", "view-database", "view-table", "view-query", "execute-sql") or not hasattr(datasette, "uppdrag_review"):
        return False if not actor and hasattr(datasette, "uppdrag_review") and room(datasette).private else None
    return False


@hook
def forbidden(datasette: Any, request: Any, message: str) -> Any:
    async def answer() -> Response:
        if hasattr(datasette, "uppdrag_review") and not request.actor and request.method == "GET" and room(datasette).private:
            return redirect(f"/-/logga-in?till={quote(request.full_path)}")
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": message, "status": 403}, status=403)
        context: dict[str, Any] = {"status": 403, "message": message, "back": "/"}
        if request.method == "POST" and request.scope.get("uppdrag_signed_out") and _KEPT_FORM.match(request.path):
            # Whoever typed until the session ended gets it back, to be sent again. It was a form of ours, else it would not be here.
            typed = await posted(request)
            context["resend_to"] = request.path
            context["resend"] = [(name, value) for name, values in typed.items() if name != "csrftoken" for value in values]
        return await answer_page(datasette, request, "granska_nekat.html", context, status=403)

    return answer


def _unreadable(headers: dict[bytes, bytes], messages: list[Any]) -> tuple[int, str] | None:
    """What is wrong with a form that Datasette's check of its token would fall over rather than refuse, or None."""
    if headers.get(b"content-type", b"").lower().startswith(b"multipart/"):
        return 415, "Formulär med filer tas inte emot här."
    body = b"".join(message.get("body", b"") for message in messages).decode("latin-1")
    try:
        tokens = parse_qs(body, max_num_fields=2000).get("csrftoken", [])
    except ValueError:
        return 400, "Formuläret har för många fält."
    if not all(token.isascii() for token in (*tokens, headers.get(b"x-csrftoken", b"").decode("latin-1"))):
        return 403, "Formuläret kommer från en annan webbplats."
    return None


@hook
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Bodies that no form of ours has are refused before anybody reads them."""

    def wrap(app: Any) -> Any:
        async def wrapped(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
                await app(scope, receive, send)
                return
            declared = dict(scope["headers"]).get(b"content-length", b"0")
            size, messages, more = 0, [], declared.isdigit() and int(declared) <= LARGEST_BODY
            fits = more
            while more:
                message = await receive()
                messages.append(message)
                size += len(message.get("body", b""))
                fits = size <= LARGEST_BODY
                more = fits and message["type"] == "http.request" and bool(message.get("more_body"))
            refused = (413, "Formuläret är för stort.") if not fits else _unreadable(dict(scope["headers"]), messages)
            if refused is not None:
                headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
                await send({"type": "http.response.start", "status": refused[0], "headers": headers})
                await send({"type": "http.response.body", "body": refused[1].encode()})
                return

            async def replayed() -> Any:
                return messages.pop(0) if messages else await receive()

            await app(scope, replayed, send)

        return wrapped

    return wrap
